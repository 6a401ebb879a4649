package dev.tollbar.trial;

import dev.tollbar.consent.Answered;
import dev.tollbar.consent.CallBinding;
import dev.tollbar.consent.Consent;
import dev.tollbar.consent.Waiting;
import dev.tollbar.policy.Decision.Asked;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.MemoryApprovals;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The people of one case: they answer what they are told to answer. For one thread. */
final class People {
  private final MemoryApprovals approvals = new MemoryApprovals();
  private final InstantSource clock;
  private final Consent consent;
  private final List<TestFile.Approval> decided;
  private Optional<String> open = Optional.empty();
  private int persons;

  /**
   * People.
   *
   * @param decided what they say as soon as they are asked; each is said once
   */
  People(InstantSource clock, List<TestFile.Approval> decided) {
    this.clock = clock;
    this.consent = Consent.withoutWebhooks(approvals, clock, new SecureRandom());
    this.decided = new ArrayList<>(decided);
  }

  /** Asks as the gateway does, but for no longer than it takes to ask. */
  Answered ask(List<Asked> questions, CallBinding binding) throws InterruptedException {
    List<Asked> brief = questions.stream().map(People::withoutHold).toList();
    while (true) {
      Answered answered = consent.ask(brief, binding, Waiting.SILENT);
      if (!(answered instanceof Answered.Refused refused)
          || refused.denial().code() != DenialCode.APPROVAL_PENDING
          || refused.id().isEmpty()) {
        return answered;
      }
      open = refused.id();
      Optional<TestFile.Approval> said =
          decided.stream().filter(approval -> isAbout(approval, binding)).findFirst();
      if (said.isEmpty()) {
        return answered;
      }
      decided.remove(said.get());
      answer(refused.id().get(), said.get().person());
    }
  }

  private static boolean isAbout(TestFile.Approval approval, CallBinding binding) {
    return approval.tool().equals(binding.tool())
        && approval.arguments().map(binding.arguments()::equals).orElse(true);
  }

  /** What another person says to the question asked last; what was wrong with that, if anything. */
  Optional<String> say(Step.Person person) {
    if (open.isEmpty()) {
      return Optional.of("expected a call before that waits for a person; found none");
    }
    Approvals.Decided came = answer(open.get(), person);
    return came == Approvals.Decided.RECORDED
        ? Optional.empty()
        : Optional.of(
            "expected a question that is open; found one that is "
                + came.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
  }

  private Approvals.Decided answer(String id, Step.Person person) {
    persons++;
    return approvals.decide(
        id,
        new Approval.Answer(
            person == Step.Person.APPROVE, "person " + persons, "", clock.instant()));
  }

  /** The call did not get to its server. */
  void giveBack(Answered.Approved approved) {
    consent.giveBack(approved);
  }

  private static Asked withoutHold(Asked asked) {
    return new Asked(asked.rule(), asked.question().holding(Duration.ZERO));
  }
}
