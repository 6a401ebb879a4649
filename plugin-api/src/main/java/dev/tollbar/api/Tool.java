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

  /** A tool of which only the name is known. */
  public static Tool named(String name) {
    return new Tool(name, Optional.empty(), Map.of(), false);
  }
}
