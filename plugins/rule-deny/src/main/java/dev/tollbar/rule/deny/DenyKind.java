package dev.tollbar.rule.deny;

import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import org.pf4j.Extension;

/** {@code deny}: no call passes. */
@Extension
public final class DenyKind implements RuleKind<DenyConfig> {

  @Override
  public String name() {
    return "deny";
  }

  @Override
  public Class<DenyConfig> configType() {
    return DenyConfig.class;
  }

  @Override
  public Rule create(DenyConfig config, RuleContext context) {
    Verdict denial = Verdict.deny(config.reason());
    return call -> denial;
  }
}
