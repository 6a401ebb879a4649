package dev.tollbar.rule.conditions;

import dev.tollbar.api.Call;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Explanation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;

/** Says one thing where its conditions hold, and another where they do not. */
record ConditionsRule(Conditions conditions, Verdict holding, Verdict failing) implements Rule {

  @Override
  public Verdict evaluate(Call call) {
    return switch (conditions.match(call)) {
      case Match.Holds _ -> holding;
      case Match.Fails _ -> failing;
      case Match.WrongType wrong -> Verdict.deny(wrong.reason()).keepingReason();
    };
  }

  @Override
  public Explanation explain(Call call) {
    return new Explanation(evaluate(call), conditions.observe(call));
  }
}
