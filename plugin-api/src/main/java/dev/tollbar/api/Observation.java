package dev.tollbar.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing that a rule saw of a call. No secrets: what is written here is shown to operators.
 *
 * @param subject what was looked at: a path as in conditions ({@code args.amount}, {@code
 *     tool.category}), or a few words ({@code this hour})
 * @param text what was seen there, as one line for people, without the subject
 * @param details the same for programs, under keys in {@code snake_case}, in order
 * @param parts what it is made of: the members of a group of conditions
 */
public record Observation(
    String subject, String text, Map<String, JsonNode> details, List<Observation> parts) {

  public Observation {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    parts = List.copyOf(parts);
  }

  /** Without parts. */
  public static Observation of(String subject, String text, Map<String, JsonNode> details) {
    return new Observation(subject, text, details, List.of());
  }
}
