package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Secret;
import dev.tollbar.state.Approval;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallbackTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Secret SECRET = new Secret("s3cret");
  private static final String APPROVE =
      "{\"decision\":\"approve\",\"reason\":\"Fine.\",\"by\":\"ann\"}";

  private final FailingApprovals approvals = new FailingApprovals();
  private final Callback callback =
      new Callback(approvals, new Answers(approvals, () -> NOON), () -> NOON);
  private final Map<String, WebhookTarget> webhooks =
      Map.of(
          "ops",
          new WebhookTarget(
              "ops", URI.create("https://ops.example/ask"), List.of(new Secret("other"), SECRET)));

  @BeforeEach
  void ask() {
    approvals.open(WebhookSenderTest.question("ap_1"), NOON);
    approvals.open(WebhookSenderTest.question("ap_2"), NOON);
  }

  @Test
  void recordsASignedAnswer() {
    assertThat(decide("ap_1", "ap_1", NOON, APPROVE)).satisfies(CallbackTest::isTaken);

    assertThat(approvals.find("ap_1").orElseThrow().answers())
        .containsExactly(new Approval.Answer(true, "ann", "Fine.", NOON));
  }

  @Test
  void takesTheApprovalFromTheBodyWhereTheMessageHasAnIdOfItsOwn() {
    assertThat(decide("ap_1", "msg_7", NOON, "{\"decision\":\"approve\",\"id\":\"ap_1\"}"))
        .satisfies(CallbackTest::isTaken);
  }

  @Test
  void refusesAnAnswerThatWasSignedForAnotherApproval() {
    Callback.Outcome malformed =
        new Callback.Outcome.Malformed(
            "the message does not name the approval: expected ap_2 as webhook-id or as id");

    assertThat(decide("ap_2", "ap_1", NOON, APPROVE)).isEqualTo(malformed);
    assertThat(decide("ap_2", "msg_7", NOON, APPROVE)).isEqualTo(malformed);
    assertThat(decide("ap_2", "ap_2", NOON, "{\"decision\":\"approve\",\"id\":\"ap_1\"}"))
        .isEqualTo(malformed);
    assertThat(approvals.find("ap_2").orElseThrow().answers()).isEmpty();
  }

  @Test
  void refusesWhatIsNotSignedByTheWebhooksSecret() {
    Callback.Headers good = headers("ap_1", NOON, APPROVE, SECRET);
    Callback.Outcome bad = new Callback.Outcome.BadSignature();

    assertThat(raw("ap_1", headers("ap_1", NOON, APPROVE, new Secret("guess")), APPROVE))
        .isEqualTo(bad);
    assertThat(raw("ap_1", good, APPROVE + " ")).isEqualTo(bad);
    assertThat(
            raw(
                "ap_1",
                new Callback.Headers(
                    Optional.of("ap_2"), good.webhookTimestamp(), good.webhookSignature()),
                APPROVE))
        .isEqualTo(bad);
    assertThat(
            raw(
                "ap_1",
                new Callback.Headers(
                    good.webhookId(), Optional.of("1795435201"), good.webhookSignature()),
                APPROVE))
        .isEqualTo(bad);
    assertThat(
            raw(
                "ap_1",
                new Callback.Headers(Optional.empty(), Optional.empty(), Optional.empty()),
                APPROVE))
        .isEqualTo(bad);
    assertThat(approvals.find("ap_1").orElseThrow().answers()).isEmpty();
  }

  @Test
  void refusesTimestampsMoreThanFiveMinutesAway() {
    assertThat(decide("ap_1", "ap_1", NOON.minusSeconds(301), APPROVE))
        .isEqualTo(new Callback.Outcome.TooOld());
    assertThat(decide("ap_1", "ap_1", NOON.plusSeconds(301), APPROVE))
        .isEqualTo(new Callback.Outcome.TooOld());
    assertThat(decide("ap_1", "ap_1", NOON.minusSeconds(300), APPROVE))
        .satisfies(CallbackTest::isTaken);
  }

  @Test
  void refusesATimestampThatIsNoNumber() {
    byte[] body = APPROVE.getBytes(StandardCharsets.UTF_8);
    for (String timestamp : List.of("noon", "-9223372036854775808", "1e9", "")) {
      Callback.Headers headers =
          new Callback.Headers(
              Optional.of("ap_1"),
              Optional.of(timestamp),
              Optional.of(WebhookSignature.sign("ap_1", timestamp, body, List.of(SECRET))));
      assertThat(raw("ap_1", headers, APPROVE)).isEqualTo(new Callback.Outcome.TooOld());
    }
  }

  @Test
  void knowsOnlyApprovalsThatItsWebhooksWereAskedFor() {
    assertThat(decide("ap_9", "ap_9", NOON, APPROVE)).isEqualTo(new Callback.Outcome.Unknown());
    assertThat(
            callback.decide(
                "ap_1",
                headers("ap_1", NOON, APPROVE, SECRET),
                APPROVE.getBytes(StandardCharsets.UTF_8),
                Map.of()))
        .isEqualTo(new Callback.Outcome.Unknown());
  }

  @Test
  void saysWhatWasDecidedBefore() {
    decide("ap_1", "ap_1", NOON, "{\"decision\":\"deny\"}");

    assertThat(decide("ap_1", "ap_1", NOON, APPROVE))
        .isEqualTo(
            new Callback.Outcome.Ruled(
                new Ruling.AlreadyDecided(
                    approvals.find("ap_1").orElseThrow(), Approval.Status.DENIED)));
  }

  @Test
  void saysWhatIsWrongWithASignedAnswer() {
    assertThat(decide("ap_1", "ap_1", NOON, "yes"))
        .isEqualTo(new Callback.Outcome.Malformed("the body is not one JSON object"));
    assertThat(decide("ap_1", "ap_1", NOON, "{\"decision\":\"maybe\"}"))
        .isEqualTo(new Callback.Outcome.Malformed("decision: expected \"approve\" or \"deny\""));
    assertThat(decide("ap_1", "ap_1", NOON, "{\"decision\":\"approve\",\"reason\":[]}"))
        .isEqualTo(new Callback.Outcome.Malformed("reason: expected a text"));
    assertThat(approvals.find("ap_1").orElseThrow().answers()).isEmpty();
  }

  @Test
  void aRepeatedMessageChangesNothing() {
    decide("ap_1", "ap_1", NOON, APPROVE);
    Approval once = approvals.find("ap_1").orElseThrow();

    assertThat(decide("ap_1", "ap_1", NOON, APPROVE))
        .isEqualTo(
            new Callback.Outcome.Ruled(new Ruling.AlreadyDecided(once, Approval.Status.APPROVED)));
    assertThat(approvals.find("ap_1")).contains(once);
  }

  private static void isTaken(Callback.Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Callback.Outcome.Ruled.class, ruled -> assertThat(ruled.ruling().taken()).isTrue());
  }

  private Callback.Outcome decide(String id, String messageId, Instant at, String body) {
    return raw(id, headers(messageId, at, body, SECRET), body);
  }

  private Callback.Outcome raw(String id, Callback.Headers headers, String body) {
    return callback.decide(id, headers, body.getBytes(StandardCharsets.UTF_8), webhooks);
  }

  private static Callback.Headers headers(String id, Instant at, String body, Secret secret) {
    String timestamp = Long.toString(at.getEpochSecond());
    return new Callback.Headers(
        Optional.of(id),
        Optional.of(timestamp),
        Optional.of(
            "v1a,ignored "
                + WebhookSignature.sign(
                    id, timestamp, body.getBytes(StandardCharsets.UTF_8), List.of(secret))));
  }
}
