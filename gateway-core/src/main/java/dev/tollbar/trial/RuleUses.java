package dev.tollbar.trial;

import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which rules of a document were reached by calls, and which decided something. One thread. */
final class RuleUses {

  /** Where a rule stands. */
  record Key(String policy, String pointer) {}

  /**
   * What one rule was good for.
   *
   * @param name its id, or else where it stands
   * @param reached whether a call got to it
   * @param decided whether it denied or asked, in shadow too
   */
  record Use(Key key, String name, String kind, boolean reached, boolean decided) {

    Use or(Use other) {
      return new Use(key, name, kind, reached || other.reached, decided || other.decided);
    }
  }

  private final Map<Key, Use> uses = new LinkedHashMap<>();

  /** Every rule of these policies, none of them reached yet. */
  RuleUses(Collection<Policy> policies) {
    for (Policy policy : policies) {
      for (ConfiguredRule rule : policy.rules()) {
        Key key = new Key(policy.name(), rule.pointer());
        uses.put(key, new Use(key, rule.name(), rule.kind(), false, false));
      }
    }
  }

  void reached(Policy policy, ConfiguredRule rule, boolean decided) {
    uses.computeIfPresent(
        new Key(policy.name(), rule.pointer()),
        (key, use) -> use.or(new Use(key, use.name(), use.kind(), true, decided)));
  }

  List<Use> all() {
    return new ArrayList<>(uses.values());
  }
}
