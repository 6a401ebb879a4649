package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.state.Approval;
import dev.tollbar.state.EmbeddedState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways with one store, and people who decide at any time: each case has one outcome. */
class DecidingTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir private Path folder;
  private volatile Instant now = NOON;
  private EmbeddedState one;
  private EmbeddedState other;
  private Answers here;
  private Answers there;

  @BeforeEach
  void open() {
    one = EmbeddedState.open(folder, () -> now);
    other = EmbeddedState.open(folder, () -> now);
    here = new Answers(one.approvals(), () -> now);
    there = new Answers(other.approvals(), () -> now);
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private Approval ask(int approvers) {
    return one.approvals()
        .open(WebhookSenderTest.question("ap_1", approvers, NOON), NOON)
        .approval();
  }

  private Approval stored() {
    return other.approvals().find("ap_1").orElseThrow();
  }

  @Test
  void theSecondGatewayThatAnswersIsToldWhatTheFirstHasStored() {
    ask(1);

    Ruling first = here.decide("ap_1", true, "ann", "Fine.");
    Ruling second = there.decide("ap_1", true, "bob", "");

    assertThat(first).isEqualTo(new Ruling.Decided(stored(), Approval.Status.APPROVED));
    assertThat(second).isEqualTo(new Ruling.AlreadyDecided(stored(), Approval.Status.APPROVED));
    assertThat(second.text()).isEqualTo("Approval ap_1 is approved already.");
    assertThat(stored().answers()).containsExactly(new Approval.Answer(true, "ann", "Fine.", NOON));
  }

  @Test
  void ofManyPeopleAtOnceOneDecides() throws Exception {
    ask(1);
    CyclicBarrier start = new CyclicBarrier(8);
    List<Future<Ruling>> rulings = new ArrayList<>();
    try (ExecutorService people = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        Answers desk = i % 2 == 0 ? here : there;
        String name = "person " + i;
        rulings.add(
            people.submit(() -> {
              start.await();
              return desk.decide("ap_1", true, name, "");
            }));
      }
    }

    int decided = 0;
    for (Future<Ruling> ruling : rulings) {
      if (ruling.get() instanceof Ruling.Decided) {
        decided++;
      } else {
        assertThat(ruling.get()).isInstanceOf(Ruling.AlreadyDecided.class);
      }
    }
    assertThat(decided).isEqualTo(1);
    assertThat(stored().answers()).hasSize(1);
  }

  @Test
  void aDecisionAfterTheTimeChangesNothing() {
    Approval asked = ask(1);
    now = NOON.plus(Duration.ofMinutes(15));

    Ruling late = here.decide("ap_1", true, "ann", "");

    assertThat(late).isEqualTo(new Ruling.Expired(asked));
    assertThat(late.text()).isEqualTo("Approval ap_1 has expired.");
    assertThat(stored()).isEqualTo(asked);
  }

  @Test
  void aDecisionAfterTheCallChangesNothing() {
    ask(1);
    here.decide("ap_1", true, "ann", "");
    one.approvals().use("ap_1", NOON);
    Approval used = stored();

    for (boolean approve : new boolean[] {true, false}) {
      Ruling late = there.decide("ap_1", approve, "bob", "");
      assertThat(late).isEqualTo(new Ruling.Used(used));
      assertThat(late.text()).isEqualTo("Approval ap_1 is used already.");
    }
    assertThat(stored()).isEqualTo(used);
  }

  @Test
  void aDecisionAfterTheClientHasGivenUpChangesNothing() {
    ask(1);
    one.approvals().withdraw("ap_1", NOON);
    Approval withdrawn = stored();

    assertThat(there.decide("ap_1", true, "bob", "")).isEqualTo(new Ruling.Withdrawn(withdrawn));
    assertThat(stored()).isEqualTo(withdrawn);
  }

  @Test
  void theSamePersonIsOnePerson() {
    ask(2);

    Ruling first = here.decide("ap_1", true, "Ann", "");
    Ruling again = there.decide("ap_1", true, " ann ", "");
    Ruling second = there.decide("ap_1", true, "bob", "");

    assertThat(first).isInstanceOf(Ruling.WaitsForOthers.class);
    assertThat(first.text()).isEqualTo("Approval ap_1 needs 1 more person.");
    assertThat(again).isInstanceOf(Ruling.SamePerson.class);
    assertThat(again.text()).isEqualTo("Approval ap_1 has an answer of ann already.");
    assertThat(second).isEqualTo(new Ruling.Decided(stored(), Approval.Status.APPROVED));
    assertThat(stored().answers()).extracting(Approval.Answer::by).containsExactly("Ann", "bob");
  }

  @Test
  void whoApprovedMayStillDenyUntilTheCallIsMade() {
    ask(1);
    here.decide("ap_1", true, "ann", "");

    assertThat(here.decide("ap_1", false, "ann", "Wait."))
        .isEqualTo(new Ruling.Decided(stored(), Approval.Status.DENIED));
    assertThat(one.approvals().use("ap_1", NOON)).isFalse();
    assertThat(there.decide("ap_1", true, "bob", ""))
        .isEqualTo(new Ruling.AlreadyDecided(stored(), Approval.Status.DENIED));
  }

  @Test
  void thereIsNoApprovalOfAnotherName() {
    assertThat(here.decide("ap_9", true, "ann", "")).isEqualTo(new Ruling.Unknown("ap_9"));
    assertThat(here.decide("ap_9", true, "ann", "").text())
        .isEqualTo("There is no approval \"ap_9\".");
  }

  @Test
  void namesAreOneLineAndCommentsAreCut() {
    ask(1);

    here.decide("ap_1", true, "Ann\n\u202eSmith", "x".repeat(600));

    Approval.Answer answer = stored().answers().getFirst();
    assertThat(answer.by()).isEqualTo("Ann \\u202eSmith");
    assertThat(answer.comment()).hasSize(501);
  }
}
