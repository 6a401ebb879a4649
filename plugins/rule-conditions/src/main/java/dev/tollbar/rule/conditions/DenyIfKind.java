package dev.tollbar.rule.conditions;

import dev.tollbar.api.Conditions;
import dev.tollbar.api.Conditions.Quantifier;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import org.pf4j.Extension;

/** {@code deny_if}: no call passes for which the conditions hold. */
@Extension
public final class DenyIfKind implements RuleKind<ConditionsConfig> {
  private static final Verdict NOT_PERMITTED = Verdict.deny("This call is not permitted.");

  @Override
  public String name() {
    return "deny_if";
  }

  @Override
  public Class<ConditionsConfig> configType() {
    return ConditionsConfig.class;
  }

  @Override
  public Rule create(ConditionsConfig config, RuleContext context) {
    Conditions conditions = context.conditions("conditions", config.conditions(), Quantifier.ANY);
    return new ConditionsRule(conditions, NOT_PERMITTED, Verdict.permit());
  }
}
