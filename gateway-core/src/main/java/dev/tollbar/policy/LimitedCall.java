package dev.tollbar.policy;

import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import java.util.ArrayList;
import java.util.List;

/** A call together with the rules that apply to it, for rules that go by what is left of limits. */
final class LimitedCall extends SameCall {
  private final List<ConfiguredRule> rules;
  private final Evaluator evaluator;

  /**
   * Adds the rules.
   *
   * @param evaluator asks them, within their bounds
   */
  LimitedCall(Call call, List<ConfiguredRule> rules, Evaluator evaluator) {
    super(call);
    this.rules = rules;
    this.evaluator = evaluator;
  }

  @Override
  public List<Limit> limits() throws InterruptedException {
    List<Limit> limits = new ArrayList<>();
    for (ConfiguredRule rule : rules) {
      if (!rule.shadow()) {
        // Of the call alone: a rule must not ask for all limits in order to tell its own.
        for (LimitUsage usage : evaluator.usage(rule, call())) {
          limits.add(new Limit(rule.name(), usage));
        }
      }
    }
    return List.copyOf(limits);
  }
}
