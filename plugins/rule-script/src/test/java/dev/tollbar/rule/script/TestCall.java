package dev.tollbar.rule.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A call written as JSON; what it leaves out has a value of no meaning. */
record TestCall(JsonNode json, List<String> lines, AtomicInteger looks) implements Call {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  TestCall(JsonNode json) {
    this(json, Collections.synchronizedList(new ArrayList<>()), new AtomicInteger());
  }

  @Override
  public void debug(String line) {
    lines.add(line);
  }

  static TestCall of(String json) {
    try {
      return new TestCall(JSON.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  static TestCall withArguments(String json) {
    return of("{\"args\": " + json + "}");
  }

  private String text(String key, String absent) {
    return json.path(key).asText(absent);
  }

  @Override
  public String grant() {
    return text("grant", "laptop");
  }

  @Override
  public Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>();
    json.path("labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    return labels;
  }

  @Override
  public String server() {
    return text("server", "tickets");
  }

  @Override
  public String policy() {
    return "support";
  }

  @Override
  public Optional<String> session() {
    return Optional.ofNullable(json.path("session").textValue());
  }

  @Override
  public String protocolRevision() {
    return text("protocolRevision", "2025-11-25");
  }

  @Override
  public String method() {
    return text("method", "tools/call");
  }

  @Override
  public Tool tool() {
    Map<String, JsonNode> annotations = new HashMap<>();
    json.path("annotations").properties().forEach(e -> annotations.put(e.getKey(), e.getValue()));
    return new Tool(
        text("tool", "create_refund"),
        Optional.ofNullable(json.path("category").textValue()),
        annotations,
        true);
  }

  @Override
  public ObjectNode arguments() {
    return json.path("args") instanceof ObjectNode args
        ? args
        : JsonNodeFactory.instance.objectNode();
  }

  /** A text instead of a list is why they cannot be told. */
  @Override
  public List<Limit> limits() {
    looks.incrementAndGet();
    if (json.path("limits").isTextual()) {
      throw new StoreUnavailableException(json.path("limits").textValue());
    }
    return Limits.read(json.path("limits"), time());
  }

  @Override
  public Instant time() {
    return Instant.parse(text("time", "2026-11-23T10:00:00Z"));
  }
}
