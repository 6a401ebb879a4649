package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.consent.DecisionLinks.Purpose;
import dev.tollbar.consent.LinkDesk.Shown;
import dev.tollbar.state.Approval;
import dev.tollbar.state.MemoryApprovals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes of links: each case has one outcome, and what is refused changes nothing. */
class LinkDeskTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Instant OVER = NOON.plus(Duration.ofMinutes(15));

  private Instant now = NOON;
  private final MemoryApprovals approvals = new MemoryApprovals();
  private final Answers answers = new Answers(approvals, () -> now);
  private final DecisionLinks links = DecisionLinks.of(List.of(new byte[32]));
  private final LinkDesk desk = new LinkDesk(approvals, answers, links, () -> now);

  @BeforeEach
  void ask() {
    approvals.open(WebhookSenderTest.question("ap_1"), NOON);
  }

  @Test
  void lookingDecidesNothing() {
    for (Purpose purpose : List.of(Purpose.APPROVE, Purpose.DENY, Purpose.DECIDE)) {
      assertThat(desk.look("ap_1", purpose.wire(), token("ap_1", purpose, 1)))
          .isEqualTo(new Shown.Asked(stored(), purpose, Optional.empty(), NOON));
    }
    assertThat(stored().answers()).isEmpty();
  }

  @Test
  void decidesAsTheLinkSays() {
    approvals.open(WebhookSenderTest.question("ap_2"), NOON);

    Shown approved = decide("ap_1", Purpose.APPROVE, 1, Optional.empty(), "Ann");
    Shown denied = decide("ap_2", Purpose.DENY, 1, Optional.of(true), "Ann");

    assertThat(approved)
        .isEqualTo(new Shown.Taken(new Ruling.Decided(stored(), Approval.Status.APPROVED)));
    assertThat(stored().answers())
        .containsExactly(new Approval.Answer(true, "Ann", "Fine.", NOON, Optional.of("approve-1")));
    assertThat(denied)
        .isEqualTo(
            new Shown.Taken(
                new Ruling.Decided(approvals.find("ap_2").orElseThrow(), Approval.Status.DENIED)));
  }

  @Test
  void asksOnThePageWhereTheLinkLeavesItOpen() {
    assertThat(decide("ap_1", Purpose.DECIDE, 1, Optional.empty(), "Ann"))
        .isEqualTo(
            new Shown.Refused(400, "link_no_choice", "Expected approve or deny; found neither."));
    assertThat(stored().answers()).isEmpty();

    decide("ap_1", Purpose.DECIDE, 1, Optional.of(false), "");

    assertThat(stored().answers())
        .containsExactly(
            new Approval.Answer(false, "link 1", "Fine.", NOON, Optional.of("decide-1")));
  }

  @Test
  void refusesALinkThatWasUsed() {
    approvals.open(WebhookSenderTest.question("ap_2", 2, NOON), NOON);
    decide("ap_2", Purpose.APPROVE, 1, Optional.empty(), "Ann");
    Approval before = approvals.find("ap_2").orElseThrow();
    Shown used =
        new Shown.Refused(410, "link_used", "This link to approval ap_2 was used already.");

    assertThat(decide("ap_2", Purpose.APPROVE, 1, Optional.empty(), "Bob")).isEqualTo(used);
    assertThat(desk.look("ap_2", "approve", token("ap_2", Purpose.APPROVE, 1))).isEqualTo(used);
    assertThat(approvals.find("ap_2")).contains(before);
  }

  @Test
  void twoLinksAreTwoPeopleUnlessTheySayTheSameName() {
    approvals.open(WebhookSenderTest.question("ap_2", 2, NOON), NOON);
    decide("ap_2", Purpose.APPROVE, 1, Optional.empty(), "Ann");

    assertThat(decide("ap_2", Purpose.APPROVE, 2, Optional.empty(), " ANN "))
        .isEqualTo(
            new Shown.Refused(409, "same_person", "Approval ap_2 has an answer of ANN already."));
    assertThat(decide("ap_2", Purpose.APPROVE, 2, Optional.empty(), "Bob"))
        .isInstanceOf(Shown.Taken.class);
    assertThat(approvals.find("ap_2").orElseThrow().status(now))
        .isEqualTo(Approval.Status.APPROVED);
  }

  @Test
  void whoHasSeveralLinksIsOnePersonWhateverNameTheySay() {
    approvals.open(WebhookSenderTest.question("ap_2", 2, NOON), NOON);
    decide("ap_2", Purpose.APPROVE, 1, Optional.empty(), "Ann");

    assertThat(decide("ap_2", Purpose.DECIDE, 1, Optional.of(true), "Bob"))
        .isEqualTo(
            new Shown.Refused(410, "link_used", "This link to approval ap_2 was used already."));
    assertThat(approvals.find("ap_2").orElseThrow().status(now)).isEqualTo(Approval.Status.PENDING);
    assertThat(decide("ap_2", Purpose.DECIDE, 1, Optional.of(false), "Bob"))
        .isInstanceOf(Shown.Taken.class);
    assertThat(approvals.find("ap_2").orElseThrow().status(now)).isEqualTo(Approval.Status.DENIED);
  }

  @Test
  void refusesWhatIsExpired() {
    now = OVER;

    assertRefused(410, "approval_expired", "Approval ap_1 has expired.");
  }

  @Test
  void refusesWhatIsLongOver() {
    assertThat(decide("ap_9", Purpose.APPROVE, 1, Optional.empty(), "Ann"))
        .isEqualTo(new Shown.Refused(410, "link_expired", "This question was over long ago."));
  }

  @Test
  void refusesWhatOthersHaveDecided() {
    answers.decide("ap_1", true, "Bob", "");

    assertRefused(409, "already_decided", "Approval ap_1 is approved already.");
  }

  @Test
  void whoeverHasALinkMayStillDenyUntilTheCallIsMade() {
    answers.decide("ap_1", true, "Bob", "");

    assertThat(decide("ap_1", Purpose.DENY, 1, Optional.empty(), "Ann"))
        .isEqualTo(new Shown.Taken(new Ruling.Decided(stored(), Approval.Status.DENIED)));
  }

  @Test
  void refusesWhatIsUsed() {
    answers.decide("ap_1", true, "Bob", "");
    approvals.use("ap_1", NOON);

    assertRefused(410, "approval_used", "Approval ap_1 is used already.");
  }

  @Test
  void refusesWhatWasWithdrawn() {
    approvals.withdraw("ap_1", NOON);

    assertRefused(
        410,
        "approval_withdrawn",
        "Approval ap_1 was withdrawn: the client has given the call up.");
  }

  @Test
  void refusesWhatIsForged() {
    Shown forged =
        new Shown.Refused(
            403, "link_forged", "This is no link of this gateway: it was changed or cut.");
    String token = token("ap_1", Purpose.APPROVE, 1);

    assertThat(desk.look("ap_1", "deny", token)).isEqualTo(forged);
    assertThat(desk.look("ap_2", "approve", token)).isEqualTo(forged);
    assertThat(desk.look("ap_1", "approve", token.substring(1))).isEqualTo(forged);
    assertThat(desk.look("ap_1", "answer", links.answerToken("ap_1", OVER))).isEqualTo(forged);
    assertThat(desk.decide("ap_1", "approve", "", Optional.empty(), "Eve", "")).isEqualTo(forged);
    assertThat(stored().answers()).isEmpty();
  }

  @Test
  void refusesWhatAnotherGatewayHasMade() {
    byte[] other = new byte[32];
    other[0] = 1;
    String token = DecisionLinks.of(List.of(other)).token("ap_1", Purpose.APPROVE, 1, OVER);

    assertThat(desk.decide("ap_1", "approve", token, Optional.empty(), "Eve", ""))
        .isEqualTo(
            new Shown.Refused(
                403, "link_foreign", "Another gateway has made this link, or its key is gone."));
    assertThat(stored().answers()).isEmpty();
  }

  private void assertRefused(int status, String reason, String text) {
    Approval before = stored();
    Shown refused = new Shown.Refused(status, reason, text);

    assertThat(desk.look("ap_1", "approve", token("ap_1", Purpose.APPROVE, 1))).isEqualTo(refused);
    assertThat(decide("ap_1", Purpose.APPROVE, 1, Optional.empty(), "Ann")).isEqualTo(refused);
    assertThat(stored()).isEqualTo(before);
  }

  private Shown decide(
      String id, Purpose purpose, int number, Optional<Boolean> choice, String by) {
    return desk.decide(id, purpose.wire(), token(id, purpose, number), choice, by, "Fine.");
  }

  private String token(String id, Purpose purpose, int number) {
    return links.token(id, purpose, number, OVER);
  }

  private Approval stored() {
    return approvals.find("ap_1").orElseThrow();
  }
}
