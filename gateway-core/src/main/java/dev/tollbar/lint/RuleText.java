package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A rule, as its file writes it.
 *
 * @param kind the rule kind's name
 * @param shadow whether it is not acted on
 */
record RuleText(String kind, String pointer, JsonNode config, boolean shadow) {
  private static final List<String> LIMITS = List.of("limits", "rate_limit");

  /** Whether it denies every call that reaches it. */
  boolean deniesAlways() {
    JsonNode conditions = config.path("conditions");
    boolean always = kind.equals("deny_if") && conditions.isArray() && conditions.isEmpty();
    return !shadow && (always || kind.equals("deny"));
  }

  boolean isLimit() {
    return LIMITS.contains(kind);
  }

  /** Whether it comes only after every other rule has permitted. */
  boolean isLate() {
    return isLimit() || kind.equals("approval");
  }

  /** Whether it decides just as another one does. */
  boolean saysTheSame(RuleText other) {
    return kind.equals(other.kind) && !isLate() && plain(config).equals(plain(other.config));
  }

  /** Whether both are limits that count the calls which get to both on one counter. */
  boolean countsOn(RuleText other) {
    return kind.equals("limits")
        && other.kind.equals("limits")
        && config.path("counter").isTextual()
        && shadow == other.shadow
        && config.has("concurrency") == other.config.has("concurrency")
        && window().equals(other.window())
        && Stream.of("counter", "scope")
            .allMatch(key -> config.path(key).equals(other.config.path(key)));
  }

  /** {@code 24h} and {@code 1d} are one window; {@code day} is another. */
  private String window() {
    String text = config.path("window").asText();
    return text.matches("[0-9]{1,9}[smhd]")
        ? Duration.parse((text.endsWith("d") ? "P" : "PT") + text).toString()
        : text;
  }

  private static JsonNode plain(JsonNode config) {
    return config instanceof ObjectNode object
        ? object.deepCopy().without(List.of("id", "on_deny", "mode"))
        : config;
  }
}
