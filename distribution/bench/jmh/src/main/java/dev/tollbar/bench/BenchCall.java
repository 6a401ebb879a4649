package dev.tollbar.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A call of one tool, from nowhere in particular. */
record BenchCall(String name, ObjectNode arguments) implements Call {
  @Override
  public String grant() {
    return "local";
  }

  @Override
  public Map<String, String> labels() {
    return Map.of("team", "ops");
  }

  @Override
  public String server() {
    return "server";
  }

  @Override
  public String policy() {
    return "policy";
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
    return Tool.named(name);
  }

  @Override
  public Instant time() {
    return Instant.EPOCH;
  }
}
