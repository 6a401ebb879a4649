package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Verdict;
import dev.tollbar.consent.Answered;
import dev.tollbar.consent.CallBinding;
import dev.tollbar.pipeline.Metering;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.pipeline.SchemaCheck;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RuleVerdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One call of a case on its way: decide, consent, meter, and what the server would answer. As the
 * gateway does it, but for the server and the people. One thread.
 */
final class Trying implements Metering.Notes {
  private final RuleWatch watch;
  private final Policy policy;
  private final People people;
  private final RuleUses uses;
  private final Set<ConfiguredRule> denied = new HashSet<>();
  private final List<String> shadow = new ArrayList<>();

  Trying(RuleWatch watch, Policy policy, People people, RuleUses uses) {
    this.watch = watch;
    this.policy = policy;
    this.people = people;
    this.uses = uses;
  }

  /**
   * Makes the call.
   *
   * @param revision that an approval is bound to
   */
  Found make(CallSketch sketch, Call call, String revision, Reply reply)
      throws InterruptedException {
    Judged judged =
        new Judge(watch)
            .judge(policy, sketch.section(), call, new SchemaCheck(sketch.inputSchema()));
    judged.decision().trace().forEach(this::verdict);
    if (judged.decision() instanceof Decision.Denied(Denial denial, var _)) {
      return Found.denied(denial, shadow, judged);
    }
    Decision.Permitted permitted = (Decision.Permitted) judged.decision();
    Optional<Answered.Approved> approved = Optional.empty();
    if (!permitted.asked().isEmpty()) {
      switch (people.ask(permitted.asked(), binding(call, revision))) {
        case Answered.Refused refused -> {
          return Found.denied(refused.denial(), shadow, judged);
        }
        case Answered.Approved all -> approved = Optional.of(all);
      }
    }
    return switch (new Metering(watch).take(permitted.rules(), call, this)) {
      case Metering.Refused refused -> {
        approved.ifPresent(people::giveBack);
        yield Found.denied(refused.denial(), shadow, judged);
      }
      case Metering.Taken taken -> {
        Optional<Denial> denial = result(permitted.rules(), call, reply);
        Metering.settle(taken.reservations(), reply.outcome());
        if (reply.outcome() instanceof Outcome.NotDelivered) {
          approved.ifPresent(people::giveBack);
        }
        yield denial
            .map(said -> Found.denied(said, shadow, judged))
            .orElseGet(() -> Found.permitted(reply, shadow, judged));
      }
    };
  }

  /** What the rules say to the result that read results. */
  private Optional<Denial> result(List<ConfiguredRule> rules, Call call, Reply reply) {
    Optional<JsonNode> result = reply.resultGiven();
    if (result.isEmpty()) {
      return Optional.empty();
    }
    for (ConfiguredRule rule : rules) {
      if (rule.rule().readsResults()) {
        Verdict verdict = watch.evaluateResult(rule, call, result.get());
        verdict(new RuleVerdict(rule, verdict));
        if (!rule.shadow() && verdict instanceof Verdict.Deny deny) {
          return Optional.of(Policy.denial(rule, deny));
        }
      }
    }
    return Optional.empty();
  }

  private static CallBinding binding(Call call, String revision) {
    return new CallBinding(
        call.grant(), call.server(), call.method(), call.tool().name(), call.arguments(), revision);
  }

  @Override
  public void used(ConfiguredRule rule, List<LimitUsage> usage) {}

  @Override
  public void verdict(RuleVerdict said) {
    boolean decided = !(said.verdict() instanceof Verdict.Permit);
    uses.reached(policy, said.rule(), decided);
    if (decided && said.rule().shadow()) {
      shadow.add(said.rule().name());
    }
    if (said.verdict() instanceof Verdict.Deny) {
      denied.add(said.rule());
    }
  }

  @Override
  public boolean hasDenied(ConfiguredRule rule) {
    return denied.contains(rule);
  }
}
