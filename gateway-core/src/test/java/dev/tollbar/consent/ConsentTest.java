package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Question;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision.Asked;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsentTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration LONG = Duration.ofSeconds(30);

  private volatile Instant now = NOON;
  private final InstantSource clock = () -> now;
  private final FailingApprovals approvals = new FailingApprovals();
  private final Answers answers = new Answers(approvals, clock);
  private final WebhookSender sender =
      new WebhookSender(
          approvals,
          answers,
          new NoDeliveries(),
          Map::of,
          DecisionLinks.of(List.of(new byte[32])),
          clock,
          new Random(1));
  private final Consent consent =
      new Consent(approvals, answers, sender, clock, new SecureRandom());
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    sender.close();
    clients.shutdownNow();
  }

  @Test
  void storesTheQuestionAndTellsTheAgentToComeBack() throws Exception {
    Answered answered =
        ask(List.of(question("/tools/pay/approval", AT_ONCE)), "{\"amount\":150.00}");

    Approval stored = only();
    assertThat(stored.id()).matches("ap_[A-Za-z0-9_-]{22}");
    assertThat(stored)
        .isEqualTo(
            new Approval(
                stored.id(),
                CallBindingTest.binding("{\"amount\":150.00}").digest("/tools/pay/approval"),
                "laptop",
                "tickets",
                "create_refund",
                "{\"amount\":150.00}",
                "/tools/pay/approval",
                "More than 100.",
                Optional.empty(),
                "5fe1",
                1,
                NOON,
                NOON.plus(Duration.ofMinutes(15)),
                List.of(),
                Optional.empty()));
    assertThat(answered)
        .isEqualTo(
            new Answered.Refused(
                Optional.of(stored.id()),
                new Denial(
                    DenialCode.APPROVAL_PENDING,
                    "/tools/pay/approval",
                    "Approval pending: "
                        + stored.id()
                        + ". A person has been asked; repeat the same call later, in 15 seconds or"
                        + " more. The question stays open for another 15 minutes.",
                    Optional.of(Duration.ofSeconds(15)),
                    Optional.empty())));
  }

  @Test
  void findsTheSameApprovalForTheSameCallAndAnotherForAnother() throws Exception {
    ask(List.of(question("r", AT_ONCE)), "{\"a\":1,\"b\":2}");
    ask(List.of(question("r", AT_ONCE)), "{ \"b\":2, \"a\":1 }");
    assertThat(approvals.list(now)).hasSize(1);

    ask(List.of(question("r", AT_ONCE)), "{\"a\":1,\"b\":3}");
    assertThat(approvals.list(now)).hasSize(2);
  }

  @Test
  void usesAnApprovalOnce() throws Exception {
    ask(List.of(question("r", AT_ONCE)), "{}");
    String id = only().id();
    answers.decide(id, true, "ann", "");

    assertThat(ask(List.of(question("r", AT_ONCE)), "{}"))
        .isEqualTo(new Answered.Approved(List.of(id)));
    assertThat(ask(List.of(question("r", AT_ONCE)), "{}")).isInstanceOf(Answered.Refused.class);
    assertThat(approvals.list(now)).hasSize(2);
  }

  @Test
  void makesAnApprovalUsableAgainWhenTheCallWasNotDelivered() throws Exception {
    ask(List.of(question("r", AT_ONCE)), "{}");
    String id = only().id();
    answers.decide(id, true, "ann", "");
    Answered.Approved approved = new Answered.Approved(List.of(id));
    assertThat(ask(List.of(question("r", AT_ONCE)), "{}")).isEqualTo(approved);

    consent.giveBack(approved);

    assertThat(ask(List.of(question("r", AT_ONCE)), "{}")).isEqualTo(approved);
  }

  @Test
  void holdsTheCallUntilSomebodyApproves() throws Exception {
    Future<Answered> call = inBackground(() -> ask(List.of(question("r", LONG)), "{}"));
    String id = awaitOnly().id();

    answers.decide(id, true, "ann", "");

    assertThat(call.get()).isEqualTo(new Answered.Approved(List.of(id)));
  }

  @Test
  void noticesWhatAnotherProcessStored() throws Exception {
    Future<Answered> call = inBackground(() -> ask(List.of(question("r", LONG)), "{}"));
    String id = awaitOnly().id();

    approvals.decide(id, yes("ann"));

    assertThat(call.get()).isEqualTo(new Answered.Approved(List.of(id)));
  }

  @Test
  void tellsTheAgentWhatThePersonSaid() throws Exception {
    Future<Answered> call = inBackground(() -> ask(List.of(question("r", LONG)), "{}"));
    String id = awaitOnly().id();
    answers.decide(id, false, "ann", "Wrong customer.");

    Answered denied =
        new Answered.Refused(
            Optional.of(id),
            Denial.of(
                DenialCode.APPROVAL_DENIED, "r", "A person has denied this call: Wrong customer."));
    assertThat(call.get()).isEqualTo(denied);
    assertThat(ask(List.of(question("r", LONG)), "{}")).isEqualTo(denied);
  }

  @Test
  void saysTheDocumentsTextWhereThePersonSaidNothing() throws Exception {
    Asked plain = question("r", LONG);
    Asked worded = new Asked(rule("w", Optional.of("Ask finance first.")), plain.question());
    for (Asked asked : List.of(plain, worded)) {
      ask(List.of(new Asked(asked.rule(), held(asked.question(), AT_ONCE))), "{}");
      answers.decide(approvals.list(now).getFirst().id(), false, "ann", " ");
    }

    assertThat(reason(ask(List.of(plain), "{}"))).isEqualTo("A person has denied this call.");
    assertThat(reason(ask(List.of(worded), "{}"))).isEqualTo("Ask finance first.");
  }

  @Test
  void deniesWhenTheTimeIsOverWhileTheCallIsHeld() throws Exception {
    Future<Answered> call = inBackground(() -> ask(List.of(question("r", LONG)), "{}"));
    String id = awaitOnly().id();

    now = NOON.plus(Duration.ofMinutes(15));

    assertThat(call.get())
        .isEqualTo(
            new Answered.Refused(
                Optional.of(id),
                Denial.of(
                    DenialCode.APPROVAL_EXPIRED,
                    "r",
                    "Nobody answered in time: approval " + id + " has expired.")));
    assertThat(answers.decide(id, true, "late", "")).isInstanceOf(Ruling.Expired.class);
  }

  @Test
  void needsAsManyPeopleAsTheRuleSays() throws Exception {
    Asked two =
        new Asked(
            rule("r", Optional.empty()),
            new Question("", Optional.empty(), Duration.ofMinutes(15), AT_ONCE, 2));
    ask(List.of(two), "{}");
    String id = only().id();

    answers.decide(id, true, "ann", "");
    assertThat(answers.decide(id, true, "ann", "")).isInstanceOf(Ruling.SamePerson.class);
    assertThat(ask(List.of(two), "{}")).isInstanceOf(Answered.Refused.class);

    answers.decide(id, true, "bob", "");
    assertThat(ask(List.of(two), "{}")).isEqualTo(new Answered.Approved(List.of(id)));
  }

  @Test
  void asksSeveralQuestionsInOrderAndUsesNoneBeforeAllAreApproved() throws Exception {
    List<Asked> both = List.of(question("one", AT_ONCE), question("two", AT_ONCE));
    ask(both, "{}");
    String one = only().id();
    assertThat(only().rule()).isEqualTo("one");
    answers.decide(one, true, "ann", "");

    ask(both, "{}");
    String two = approvals.list(now).getFirst().id();
    assertThat(approvals.list(now)).hasSize(2);
    assertThat(approvals.find(one).orElseThrow().used()).isEmpty();
    answers.decide(two, true, "bob", "");

    assertThat(ask(both, "{}")).isEqualTo(new Answered.Approved(List.of(one, two)));
  }

  @Test
  void letsOneOfTwoEqualCallsAtOnceHaveTheApproval() throws Exception {
    Asked held = question("r", Duration.ofMillis(600));
    List<Future<Answered>> calls = new ArrayList<>();
    calls.add(inBackground(() -> ask(List.of(held), "{}")));
    String id = awaitOnly().id();
    calls.add(inBackground(() -> ask(List.of(held), "{}")));

    answers.decide(id, true, "ann", "");

    List<Answered> answered = new ArrayList<>();
    for (Future<Answered> call : calls) {
      answered.add(call.get());
    }
    assertThat(answered).containsOnlyOnce(new Answered.Approved(List.of(id)));
    assertThat(answered.stream().filter(a -> a instanceof Answered.Refused)).hasSize(1);
  }

  @Test
  void leavesTheQuestionOpenWhenTheGatewayStops() throws Exception {
    assertThatThrownBy(() ->
            consent.ask(
                List.of(question("r", LONG)),
                CallBindingTest.binding("{}"),
                _ -> {
                  throw new InterruptedException();
                }))
        .isInstanceOf(InterruptedException.class);

    assertThat(only().status(now)).isEqualTo(Approval.Status.PENDING);
  }

  @Test
  void withdrawsTheQuestionWhenTheClientGivesTheCallUp() throws Exception {
    assertThatThrownBy(() ->
            consent.ask(
                List.of(question("r", LONG)), CallBindingTest.binding("{}"), new Cancelling()))
        .isInstanceOf(InterruptedException.class);

    assertThat(only().status(now)).isEqualTo(Approval.Status.WITHDRAWN);
    assertThat(answers.decide(only().id(), true, "ann", ""))
        .isEqualTo(new Ruling.Withdrawn(only()));
    ask(List.of(question("r", AT_ONCE)), "{}");
    assertThat(approvals.list(now)).hasSize(2);
  }

  @Test
  void leavesTheQuestionOpenWhileAnotherCallWaitsForTheSame() throws Exception {
    Future<Answered> other = inBackground(() -> ask(List.of(question("r", LONG)), "{}"));
    String id = awaitOnly().id();
    while (answers.waitingFor(id) == 0) {
      Thread.onSpinWait();
    }

    assertThatThrownBy(() ->
            consent.ask(
                List.of(question("r", LONG)), CallBindingTest.binding("{}"), new Cancelling()))
        .isInstanceOf(InterruptedException.class);
    answers.decide(id, true, "ann", "");

    assertThat(other.get()).isEqualTo(new Answered.Approved(List.of(id)));
  }

  @Test
  void keepsWhatWasAnsweredWhileTheCallWasBeingGivenUp() throws Exception {
    Waiting answeredJustThen =
        new Waiting() {
          @Override
          public boolean goesOn(Held held) throws InterruptedException {
            answers.decide(held.approval().id(), true, "ann", "");
            throw new InterruptedException();
          }

          @Override
          public boolean cancelled() {
            return true;
          }
        };
    assertThatThrownBy(() ->
            consent.ask(
                List.of(question("r", LONG)), CallBindingTest.binding("{}"), answeredJustThen))
        .isInstanceOf(InterruptedException.class);

    assertThat(only().status(now)).isEqualTo(Approval.Status.APPROVED);
    assertThat(ask(List.of(question("r", AT_ONCE)), "{}"))
        .isEqualTo(new Answered.Approved(List.of(only().id())));
  }

  @Test
  void holdsNoCallAndWithdrawsNothingOnceItRests() throws Exception {
    Future<Answered> held = inBackground(() -> ask(List.of(question("r", LONG)), "{}"));
    awaitOnly();

    consent.rest();

    assertThat(reason(held.get())).startsWith("Approval pending: " + only().id());
    assertThatThrownBy(() ->
            consent.ask(
                List.of(question("r", LONG)), CallBindingTest.binding("{}"), new Cancelling()))
        .isInstanceOf(InterruptedException.class);
    assertThat(only().status(now)).isEqualTo(Approval.Status.PENDING);
  }

  @Test
  void isNotHeldWhereWhoWaitsDoesNotWantThat() throws Exception {
    List<Waiting.Held> signs = new ArrayList<>();

    Answered answered =
        consent.ask(
            List.of(question("r", LONG)),
            CallBindingTest.binding("{}"),
            held -> {
              signs.add(held);
              return false;
            });

    assertThat(answered).isInstanceOf(Answered.Refused.class);
    assertThat(signs).hasSize(1);
    assertThat(signs.getFirst().approval()).isEqualTo(only());
    assertThat(signs.getFirst().hold()).isEqualTo(LONG);
  }

  @Test
  void isGoodForTheSameCallAgainAsLongAsTheRuleSays() throws Exception {
    Asked reusable =
        new Asked(
            rule("r", Optional.empty()),
            new Question(
                "",
                Optional.empty(),
                Duration.ofMinutes(15),
                AT_ONCE,
                1,
                Duration.ofHours(1),
                Question.Via.PEOPLE));
    ask(List.of(reusable), "{}");
    Answered approved = new Answered.Approved(List.of(only().id()));
    answers.decide(only().id(), true, "ann", "");

    assertThat(ask(List.of(reusable), "{}")).isEqualTo(approved);
    now = NOON.plus(Duration.ofMinutes(59));
    assertThat(ask(List.of(reusable), "{}")).isEqualTo(approved);
    assertThat(ask(List.of(reusable), "{\"a\":1}")).isInstanceOf(Answered.Refused.class);
    now = NOON.plus(Duration.ofMinutes(60));
    assertThat(ask(List.of(reusable), "{}")).isInstanceOf(Answered.Refused.class);
  }

  /** A client that gives its call up as soon as it waits. */
  private static final class Cancelling implements Waiting {
    @Override
    public boolean goesOn(Held held) throws InterruptedException {
      throw new InterruptedException();
    }

    @Override
    public boolean cancelled() {
      return true;
    }
  }

  @Test
  void asksNobodyMoreWhereAGrantHasTooManyQuestionsOpen() throws Exception {
    for (int i = 0; i < Approvals.MOST_OPEN; i++) {
      ask(List.of(question("r", AT_ONCE)), "{\"n\":" + i + "}");
    }

    Answered refused = ask(List.of(question("r", AT_ONCE)), "{\"n\":100}");

    assertThat(refused)
        .isEqualTo(
            new Answered.Refused(
                Optional.empty(),
                new Denial(
                    DenialCode.APPROVAL_PENDING,
                    "r",
                    "100 questions of this grant wait for people, and nobody is asked more; repeat"
                        + " the call when some of them are answered or over.",
                    Optional.of(Duration.ofSeconds(15)),
                    Optional.empty())));
    answers.decide(approvals.list(now).getFirst().id(), false, "ann", "");
    assertThat(reason(ask(List.of(question("r", AT_ONCE)), "{\"n\":100}")))
        .startsWith("Approval pending: ");
  }

  @Test
  void failsWhileTheStoreIsDown() {
    approvals.down(true);

    assertThatThrownBy(() -> ask(List.of(question("r", LONG)), "{}"))
        .isInstanceOf(StoreUnavailableException.class);
  }

  private Answered ask(List<Asked> questions, String arguments) throws Exception {
    return consent.ask(questions, CallBindingTest.binding(arguments), Waiting.SILENT);
  }

  private Future<Answered> inBackground(Callable<Answered> call) {
    return clients.submit(call);
  }

  private Approval only() {
    assertThat(approvals.list(now)).hasSize(1);
    return approvals.list(now).getFirst();
  }

  private Approval awaitOnly() throws InterruptedException {
    while (approvals.list(now).isEmpty()) {
      Thread.sleep(2);
    }
    return only();
  }

  private Approval.Answer yes(String by) {
    return new Approval.Answer(true, by, "", now);
  }

  private static String reason(Answered answered) {
    return ((Answered.Refused) answered).denial().reason();
  }

  private static Asked question(String rule, Duration hold) {
    return new Asked(
        rule(rule, Optional.empty()),
        new Question("More than 100.", Optional.empty(), Duration.ofMinutes(15), hold, 1));
  }

  private static Question held(Question question, Duration hold) {
    return new Question(
        question.reason(), question.webhook(), question.within(), hold, question.approvers());
  }

  private static ConfiguredRule rule(String pointer, Optional<String> onDeny) {
    return new ConfiguredRule(
        pointer,
        Optional.empty(),
        "approval",
        "rule-approval@0.1.0",
        onDeny,
        false,
        MissingNode.getInstance(),
        _ -> Verdict.permit());
  }
}
