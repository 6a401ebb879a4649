package dev.tollbar.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a tool.
 *
 * @param name its name on the server behind the gateway
 * @param category {@code "read"}, {@code "write"} or {@code "destructive"}, from the tool's own
 *     annotations; empty while the server's tool list was not seen or says nothing
 * @param annotations the {@code annotations} member of the tool's own definition; empty while the
 *     list was not seen. Servers describe themselves here: a hint, not a fact
 * @param seen whether the tool was seen in the server's own list
 */
public record Tool(
    String name, Optional<String> category, Map<String, JsonNode> annotations, boolean seen) {

  public Tool {
    annotations = Map.copyOf(annotations);
  }

  /**
   * A tool as its server's own list describes it. It has a category only where its annotations say
   * so outright: the protocol's defaults for silence do not count.
   */
  public static Tool described(String name, Map<String, JsonNode> annotations) {
    return new Tool(name, category(annotations), annotations, true);
  }

  private static Optional<String> category(Map<String, JsonNode> annotations) {
    if (says(annotations, "readOnlyHint", true)) {
      return Optional.of("read");
    }
    if (says(annotations, "destructiveHint", true)) {
      return Optional.of("destructive");
    }
    return says(annotations, "destructiveHint", false) ? Optional.of("write") : Optional.empty();
  }

  private static boolean says(Map<String, JsonNode> annotations, String hint, boolean value) {
    JsonNode said = annotations.get(hint);
    return said != null && said.isBoolean() && said.booleanValue() == value;
  }

  /** A tool of which only the name is known. */
  public static Tool named(String name) {
    return new Tool(name, Optional.empty(), Map.of(), false);
  }
}
