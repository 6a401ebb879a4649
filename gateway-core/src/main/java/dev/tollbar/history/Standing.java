package dev.tollbar.history;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Treatment;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How free the calls of one tool are, in one word; from the freest to the least. */
public enum Standing {
  ALLOWED,
  /** Allowed where its rules hold. */
  CHECKED,
  LIMITED,
  /** People are asked, always or under conditions. */
  ASKED,
  DENIED,
  HIDDEN;

  private static final Set<String> LIMITS = Set.of("limits", "rate_limit");

  private final String word = name().toLowerCase(Locale.ROOT);

  /** As messages say it. */
  public String word() {
    return word;
  }

  /** The strictest word that applies. Shadow rules do not count. */
  public static Standing of(Treatment treatment) {
    if (treatment.hidden()) {
      return HIDDEN;
    }
    if (treatment.refused()) {
      return DENIED;
    }
    List<ConfiguredRule> acting =
        treatment.rules().stream().filter(rule -> !rule.shadow()).toList();
    return acting.stream().map(Standing::of).max(Standing::compareTo).orElse(ALLOWED);
  }

  private static Standing of(ConfiguredRule rule) {
    if (rule.kind().equals("deny") || (rule.kind().equals("deny_if") && always(rule.config()))) {
      return DENIED;
    }
    if (rule.kind().equals("approval")) {
      return ASKED;
    }
    return LIMITS.contains(rule.kind()) ? LIMITED : CHECKED;
  }

  private static boolean always(JsonNode config) {
    return config.path("conditions").isArray() && config.path("conditions").isEmpty();
  }
}
