package dev.tollbar.rule.conditions;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A call of which nothing matters. */
final class AnyCall implements Call {
  @Override
  public String grant() {
    return "laptop";
  }

  @Override
  public Map<String, String> labels() {
    return Map.of();
  }

  @Override
  public String server() {
    return "tickets";
  }

  @Override
  public String policy() {
    return "tickets";
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
  public Tool tool() {
    return Tool.named("pay");
  }

  @Override
  public ObjectNode arguments() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public Instant time() {
    return Instant.EPOCH;
  }
}
