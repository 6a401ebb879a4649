package dev.tollbar.policy;

import java.util.List;

/**
 * What a policy has for one tool, prompt or resource, before any call.
 *
 * @param hidden taken off lists, and denied
 * @param refused denied without a rule: there is no policy, it is not listed, or it cannot be
 *     judged because the tool was not seen
 * @param rules what calls are judged by, in order; shadow rules included
 */
public record Treatment(boolean hidden, boolean refused, List<ConfiguredRule> rules) {
  public Treatment {
    rules = List.copyOf(rules);
  }
}
