package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An argument of a tool that is mirrored in a header, so that what lies between can route by it.
 * Source: MCP 2026-07-28, server/tools, "x-mcp-header".
 *
 * @param header the header's whole name, as the tool's schema spells it: {@code Mcp-Param-Region}
 * @param path where the argument is, from the arguments down
 */
public record HeaderParam(String header, List<String> path) {
  public static final String PREFIX = "Mcp-Param-";
  private static final String ANNOTATION = "x-mcp-header";
  private static final int MAX_DEPTH = 32;
  private static final Set<String> TYPES = Set.of("string", "integer", "boolean");

  public HeaderParam {
    path = List.copyOf(path);
  }

  /** Those of a tool; empty if its schema has one that is not valid, as clients drop such tools. */
  public static List<HeaderParam> of(JsonNode inputSchema) {
    List<HeaderParam> found = new ArrayList<>();
    boolean valid = collect(inputSchema, List.of(), found);
    Set<String> names = new HashSet<>();
    for (HeaderParam param : found) {
      valid &= names.add(param.header().toLowerCase(Locale.ROOT));
    }
    return valid ? List.copyOf(found) : List.of();
  }

  private static boolean collect(JsonNode schema, List<String> path, List<HeaderParam> found) {
    boolean valid = true;
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      List<String> inside = new ArrayList<>(path);
      inside.add(property.getKey());
      JsonNode annotation = property.getValue().get(ANNOTATION);
      if (annotation != null) {
        valid &=
            isToken(annotation.asText(""))
                && TYPES.contains(property.getValue().path("type").asText(""));
        found.add(new HeaderParam(PREFIX + annotation.asText(""), inside));
      }
      if (inside.size() < MAX_DEPTH) {
        valid &= collect(property.getValue(), inside, found);
      }
    }
    return valid;
  }

  /** RFC 9110, section 5.6.2. */
  private static boolean isToken(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(c ->
                (c < 0x7F && Character.isLetterOrDigit(c)) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }

  /** The argument as text; empty if the call does not have it, or has null. */
  public Optional<String> text(JsonNode arguments) {
    JsonNode value = arguments;
    for (String step : path) {
      value = value.path(step);
    }
    return value.isValueNode() && !value.isNull() ? Optional.of(value.asText()) : Optional.empty();
  }
}
