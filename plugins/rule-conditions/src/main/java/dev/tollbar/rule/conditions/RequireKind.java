package dev.tollbar.rule.conditions;

import dev.tollbar.api.Conditions;
import dev.tollbar.api.Conditions.Quantifier;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import org.pf4j.Extension;

/** {@code require}: only calls pass for which the conditions hold. */
@Extension
public final class RequireKind implements RuleKind<ConditionsConfig> {
  private static final Verdict NOT_MET = Verdict.deny("A requirement of this call is not met.");

  @Override
  public String name() {
    return "require";
  }

  @Override
  public Class<ConditionsConfig> configType() {
    return ConditionsConfig.class;
  }

  @Override
  public Rule create(ConditionsConfig config, RuleContext context) {
    Conditions conditions = context.conditions("conditions", config.conditions(), Quantifier.ALL);
    return new ConditionsRule(conditions, Verdict.permit(), NOT_MET);
  }
}
