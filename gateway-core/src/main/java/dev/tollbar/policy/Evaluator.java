package dev.tollbar.policy;

import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import java.util.List;

/** Runs one rule within its bounds. */
@FunctionalInterface
public interface Evaluator {

  /**
   * What a rule says to a call. Never throws and never returns null: a rule that fails, is late or
   * is interrupted is a denial with {@link Verdict.Code#RULE_ERROR}.
   */
  Verdict evaluate(ConfiguredRule rule, Call call);

  /**
   * What is left of a rule's limits for a call, within the same bounds.
   *
   * @throws StoreUnavailableException if it cannot be told, whatever the rule did instead
   */
  default List<LimitUsage> usage(ConfiguredRule rule, Call call) throws InterruptedException {
    return rule.rule().usage(call);
  }
}
