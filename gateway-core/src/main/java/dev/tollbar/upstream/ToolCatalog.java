package dev.tollbar.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Tool;
import dev.tollbar.protocol.HeaderParam;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one server said of its own tools, learned from the lists that pass through. Safe for use by
 * many threads.
 */
public final class ToolCatalog {
  /**
   * A server that lists more than this is not believed further: its other tools count as not seen.
   */
  private static final int MOST_TOOLS = 20_000;

  private final Map<String, Tool> tools = new ConcurrentHashMap<>();
  private final Map<String, List<HeaderParam>> headerParams = new ConcurrentHashMap<>();

  /** Schemas beyond so many bytes are not kept: arguments of these tools cannot be checked. */
  private static final long MOST_SCHEMA_BYTES = 64L * 1024 * 1024;

  private final Map<String, InputSchema> inputSchemas = new ConcurrentHashMap<>();
  private final AtomicLong schemaBytes = new AtomicLong();

  /** Learns one entry of a tool list; the newest word on a tool counts. */
  public void learn(JsonNode entry) {
    String name = entry.path("name").asText("");
    if (name.isEmpty() || (tools.size() >= MOST_TOOLS && !tools.containsKey(name))) {
      return;
    }
    // First, so that whoever sees the tool sees these too.
    headerParams.put(name, HeaderParam.of(entry.path("inputSchema")));
    learnSchema(name, entry.path("inputSchema"));
    tools.put(name, tool(entry));
  }

  /** One that was listed before stays, with what it was compiled to. */
  private void learnSchema(String name, JsonNode source) {
    InputSchema.prepare();
    inputSchemas.compute(
        name,
        (_, known) -> {
          if (known != null && known.is(source)) {
            return known;
          }
          InputSchema schema = new InputSchema(source);
          long more = (long) schema.size() - (known == null ? 0 : known.size());
          if (schemaBytes.addAndGet(more) <= MOST_SCHEMA_BYTES) {
            return schema;
          }
          schemaBytes.addAndGet(-schema.size());
          return new InputSchema(MissingNode.getInstance());
        });
  }

  /** The input schema of a tool; empty if the tool was not seen. */
  public Optional<InputSchema> inputSchema(String name) {
    return Optional.ofNullable(inputSchemas.get(name));
  }

  /** The arguments of a tool that are mirrored in headers; empty if the tool was not seen. */
  public Optional<List<HeaderParam>> headerParams(String name) {
    return Optional.ofNullable(headerParams.get(name));
  }

  /** All that were seen in its lists. */
  public Collection<Tool> seen() {
    return List.copyOf(tools.values());
  }

  /** The tool as the server describes it, or just its name. */
  public Tool tool(String name) {
    Tool known = tools.get(name);
    return known == null ? Tool.named(name) : known;
  }

  /** How a tool list's entry reads. */
  public static Tool tool(JsonNode entry) {
    Map<String, JsonNode> annotations = new HashMap<>();
    for (Map.Entry<String, JsonNode> annotation : entry.path("annotations").properties()) {
      annotations.put(annotation.getKey(), annotation.getValue());
    }
    return Tool.described(entry.path("name").asText(""), annotations);
  }
}
