package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Secret;
import dev.tollbar.state.Approval;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class WebhookSenderTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private volatile Instant now = NOON;
  private final InstantSource clock = () -> now;
  private final MemoryApprovals approvals = new MemoryApprovals();
  private final Answers answers = new Answers(approvals);
  private final Approval approval = open();
  private final WebhookSender sender = sender(Optional.empty());

  @AfterEach
  void close() {
    sender.close();
  }

  @Test
  void signsTheQuestionWithEverySecret() throws Exception {
    try (Receiver receiver = new Receiver()) {
      sender.deliver(target(receiver, KEY, "old secret"), approval);

      Receiver.Asked asked = receiver.next();
      String signed = "ap_1." + NOON.getEpochSecond() + "." + asked.body();
      assertThat(asked.path()).isEqualTo("/ask");
      assertThat(asked.header("content-type")).isEqualTo("application/json");
      assertThat(asked.header("webhook-id")).isEqualTo("ap_1");
      assertThat(asked.header("webhook-timestamp")).isEqualTo("1795435200");
      assertThat(asked.header("webhook-signature"))
          .isEqualTo(
              "v1,"
                  + hmac(Base64.getDecoder().decode(KEY.substring(6)), signed)
                  + " v1,"
                  + hmac("old secret".getBytes(StandardCharsets.UTF_8), signed));
      assertThat(asked.body())
          .isEqualTo(
              "{\"type\":\"approval.requested\",\"id\":\"ap_1\",\"grant\":\"laptop\","
                  + "\"server\":\"tickets\",\"tool\":\"create_refund\","
                  + "\"arguments\":{\"amount\":150.00},\"reason\":\"More than 100.\","
                  + "\"rule\":\"/tools/pay/approval\",\"expires\":\"2026-11-23T12:15:00Z\"}");
    }
  }

  @Test
  void signsAsTheStandardsOwnExample() {
    assertThat(
            WebhookSignature.sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8),
                List.of(new Secret(KEY))))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void linksToWhereItCanBeDecided() throws Exception {
    try (Receiver receiver = new Receiver();
        WebhookSender linking = sender(Optional.of(URI.create("https://gw.example/admin/")))) {
      linking.deliver(target(receiver, KEY), approval);

      assertThat(receiver.next().body())
          .endsWith(
              ",\"decide\":{\"approve\":\"https://gw.example/admin/approvals/ap_1/approve\","
                  + "\"deny\":\"https://gw.example/admin/approvals/ap_1/deny\","
                  + "\"callback\":\"https://gw.example/admin/callbacks/approvals/ap_1\"}}");
    }
  }

  @Test
  void recordsADecisionThatIsAnsweredAtOnce() throws Exception {
    try (Receiver receiver =
        new Receiver(new Receiver.Reply(200, "{\"decision\":\"deny\",\"reason\":\"No.\"}"))) {
      sender.deliver(target(receiver, KEY), approval);

      awaitStatus(Approval.Status.DENIED);
      assertThat(stored().answers())
          .containsExactly(new Approval.Answer(false, "webhook ops", "No.", NOON));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500|",
        "401|",
        "404|",
        "201|{\"decision\":\"approve\"}",
        "500|{\"decision\":\"approve\"}",
        "302|/elsewhere",
        "200|",
        "200|ok",
        "200|null",
        "200|[]",
        "200|{}",
        "200|{\"decision\":true}",
        "200|{\"decision\":\"approved\"}",
        "200|{\"decision\":\"APPROVE\"}",
        "200|{\"Decision\":\"approve\"}",
        "200|{\"decision\":\"deny\",\"decision\":\"approve\"}",
        "200|{\"decision\":\"approve\"} x",
        "200|{\"decision\":\"approve\",\"by\":7}",
        "200|{\"decision\":\"approve\",\"id\":\"ap_2\"}"
      })
  void asksAgainAfterAnythingElseAndNeverApproves(int status, String body) throws Exception {
    try (Receiver receiver =
        new Receiver(new Receiver.Reply(status, Optional.ofNullable(body).orElse("")))) {
      sender.deliver(target(receiver, KEY), approval);

      Receiver.Asked first = receiver.next();
      Receiver.Asked again = receiver.next();
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(again.path()).isEqualTo("/ask");
      assertThat(stored().status(now)).isEqualTo(Approval.Status.PENDING);
    }
  }

  @Test
  void doesNotReadAnAnswerWithoutEnd() throws Exception {
    String large = "{\"decision\":\"approve\",\"reason\":\"" + "x".repeat(70_000) + "\"}";
    try (Receiver receiver = new Receiver(new Receiver.Reply(200, large))) {
      sender.deliver(target(receiver, KEY), approval);

      receiver.next();
      receiver.next();
      assertThat(stored().status(now)).isEqualTo(Approval.Status.PENDING);
    }
  }

  @Test
  void asksAgainUntilTheReceiverIsBack() throws Exception {
    URI url;
    try (Receiver gone = new Receiver()) {
      url = gone.url();
    }
    sender.deliver(new WebhookTarget("ops", url, List.of(new Secret(KEY))), approval);

    try (Receiver back = new Receiver(url.getPort())) {
      assertThat(back.next().header("webhook-id")).isEqualTo("ap_1");
    }
  }

  @Test
  void asksAgainWhenTheAnswerCouldNotBeStored() throws Exception {
    try (Receiver receiver =
        new Receiver(
            new Receiver.Reply(500, ""),
            new Receiver.Reply(200, "{\"decision\":\"approve\"}"),
            new Receiver.Reply(200, "{\"decision\":\"approve\"}"))) {
      approvals.down(true);
      sender.deliver(target(receiver, KEY), approval);
      receiver.next();
      receiver.next();
      approvals.down(false);

      awaitStatus(Approval.Status.APPROVED);
    }
  }

  @Test
  void stopsWhenSomebodyElseHasDecided() throws Exception {
    try (Receiver receiver = new Receiver()) {
      answers.record("ap_1", new Approval.Answer(true, "ann", "", now));

      sender.deliver(target(receiver, KEY), approval);
      Approval other = question("ap_2");
      approvals.open(other, now);
      sender.deliver(target(receiver, KEY), other);

      assertThat(receiver.next().header("webhook-id")).isEqualTo("ap_2");
      assertThat(receiver.waiting()).isZero();
    }
  }

  private WebhookSender sender(Optional<URI> base) {
    return new WebhookSender(
        approvals, answers, base, clock, new Random(1), List.of(Duration.ofMillis(10)));
  }

  private Approval open() {
    return approvals.open(question("ap_1"), NOON).approval();
  }

  static Approval question(String id) {
    return new Approval(
        id,
        "binding of " + id,
        "laptop",
        "tickets",
        "create_refund",
        "{\"amount\":150.00}",
        "/tools/pay/approval",
        "More than 100.",
        Optional.of("ops"),
        "5fe1",
        1,
        NOON,
        NOON.plus(Duration.ofMinutes(15)),
        List.of(),
        Optional.empty());
  }

  private Approval stored() {
    return approvals.find("ap_1").orElseThrow();
  }

  private void awaitStatus(Approval.Status status) throws InterruptedException {
    while (stored().status(now) != status) {
      Thread.sleep(2);
    }
  }

  private static WebhookTarget target(Receiver receiver, String... secrets) {
    return new WebhookTarget(
        "ops", receiver.url(), List.of(secrets).stream().map(Secret::new).toList());
  }

  private static String hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }
}
