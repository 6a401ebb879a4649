package dev.tollbar.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A call of one tool, on a Monday at 17 hours UTC. */
public record TestCall(Tool tool, ObjectNode arguments, Map<String, String> labels)
    implements Call {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  public static TestCall of(String tool, String arguments) {
    return new TestCall(
        Tool.named(tool), (ObjectNode) json(arguments), Map.of("team", "finance", "a.b", "dotted"));
  }

  public static TestCall of(Tool tool) {
    return new TestCall(tool, (ObjectNode) json("{}"), Map.of());
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  @Override
  public String grant() {
    return "laptop";
  }

  @Override
  public String server() {
    return "tickets";
  }

  @Override
  public String policy() {
    return "p";
  }

  @Override
  public Optional<String> session() {
    return Optional.empty();
  }

  @Override
  public String protocolRevision() {
    return "2025-11-25";
  }

  @Override
  public String method() {
    return "tools/call";
  }

  @Override
  public Instant time() {
    return Instant.parse("2026-11-23T17:30:00Z");
  }
}
