package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.tollbar.api.Tool;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a tool's annotations. A hint that a tool leaves out has the value that the protocol gives
 * it; of a tool that only reads, destructive and idempotent mean nothing, and have none. Source:
 * MCP schema, {@code ToolAnnotations}.
 */
final class Annotations {
  private static final Map<String, JsonNode> DEFAULTS =
      Map.of(
          "readOnlyHint", BooleanNode.FALSE,
          "destructiveHint", BooleanNode.TRUE,
          "idempotentHint", BooleanNode.FALSE,
          "openWorldHint", BooleanNode.TRUE);

  /** Meaningful only where the tool does not only read. */
  private static final Set<String> OF_WRITING = Set.of("destructiveHint", "idempotentHint");

  private Annotations() {}

  /** Empty for a tool that was not seen: nothing is known of it. */
  static Optional<JsonNode> value(Tool tool, String name) {
    if (!tool.seen()) {
      return Optional.empty();
    }
    JsonNode given = tool.annotations().get(name);
    if (given != null) {
      return Optional.of(given);
    }
    boolean meaningless =
        OF_WRITING.contains(name)
            && BooleanNode.TRUE.equals(tool.annotations().get("readOnlyHint"));
    return meaningless ? Optional.empty() : Optional.ofNullable(DEFAULTS.get(name));
  }
}
