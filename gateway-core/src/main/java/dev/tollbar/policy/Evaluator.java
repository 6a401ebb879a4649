package dev.tollbar.policy;

import dev.tollbar.api.Call;
import dev.tollbar.api.Verdict;

/**
 * Runs one rule within its bounds. Never throws and never returns null: a rule that fails, is late
 * or is interrupted is a denial with {@link Verdict.Code#RULE_ERROR}.
 */
@FunctionalInterface
public interface Evaluator {
  Verdict evaluate(ConfiguredRule rule, Call call);
}
