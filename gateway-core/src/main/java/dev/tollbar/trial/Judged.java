package dev.tollbar.trial;

import dev.tollbar.api.Explanation;
import dev.tollbar.policy.ArgumentCheck.Finding;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision;
import dev.tollbar.policy.Denial;
import java.util.List;
import java.util.Optional;

/**
 * What a policy says to one call, with what every rule saw.
 *
 * @param decision before people are asked and limits are taken
 * @param arguments what the check of the arguments found, if the policy wants one
 * @param rules every rule for the call, in order
 * @param listedBy the selectors of the entries that the call falls under
 */
record Judged(
    Decision decision, Optional<Finding> arguments, List<Seen> rules, List<String> listedBy) {

  /**
   * One rule.
   *
   * @param explanation empty if the rule was not reached
   */
  record Seen(ConfiguredRule rule, Optional<Explanation> explanation) {}

  /** Why the call is denied, if it is. */
  Optional<Denial> denial() {
    return decision instanceof Decision.Denied(Denial denial, var _)
        ? Optional.of(denial)
        : Optional.empty();
  }

  /** What people are asked; nothing if the call is denied. */
  List<Decision.Asked> asked() {
    return decision instanceof Decision.Permitted permitted ? permitted.asked() : List.of();
  }
}
