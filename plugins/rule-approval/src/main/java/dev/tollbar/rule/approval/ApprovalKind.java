package dev.tollbar.rule.approval;

import dev.tollbar.api.Conditions;
import dev.tollbar.api.Conditions.Quantifier;
import dev.tollbar.api.Question;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import org.pf4j.Extension;

/** {@code approval}: people must agree before a call goes on. */
@Extension
public final class ApprovalKind implements RuleKind<ApprovalConfig> {

  @Override
  public String name() {
    return "approval";
  }

  @Override
  public Class<ApprovalConfig> configType() {
    return ApprovalConfig.class;
  }

  @Override
  public Rule create(ApprovalConfig config, RuleContext context) {
    Verdict ask =
        Verdict.ask(
            new Question(
                config.reason().orElse(""),
                config.webhook(),
                config.within().length(),
                config.hold().length(),
                config.approvers(),
                config.reuse().length(),
                config.via()));
    Conditions when =
        config
            .when()
            .map(conditions -> context.conditions("when", conditions, Quantifier.ANY))
            .orElse(_ -> new Conditions.Match.Holds());
    return new ApprovalRule(config, when, ask);
  }
}
