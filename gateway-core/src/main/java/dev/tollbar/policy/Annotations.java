package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.tollbar.api.Tool;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a tool's annotations. A hint that a tool leaves out has the value that the protocol gives
 * it. Source: MCP schema, {@code ToolAnnotations}.
 */
final class Annotations {
  private static final Map<String, JsonNode> DEFAULTS =
      Map.of(
          "readOnlyHint", BooleanNode.FALSE,
          "destructiveHint", BooleanNode.TRUE,
          "idempotentHint", BooleanNode.FALSE,
          "openWorldHint", BooleanNode.TRUE);

  private Annotations() {}

  /** Empty for a tool that was not seen: nothing is known of it. */
  static Optional<JsonNode> value(Tool tool, String name) {
    if (!tool.seen()) {
      return Optional.empty();
    }
    JsonNode given = tool.annotations().get(name);
    return Optional.ofNullable(given == null ? DEFAULTS.get(name) : given);
  }
}
