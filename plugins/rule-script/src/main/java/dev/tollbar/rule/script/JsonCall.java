package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call as JSON: {@code {"tool": "pay", "args": {…}, "grant": "ci", …}}, under the names that
 * scripts know. What is left out has a value of no meaning.
 */
record JsonCall(JsonNode json) implements Call {

  /** The JSON of a call. */
  static ObjectNode write(Call call) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("tool", call.tool().name());
    json.set("args", call.arguments());
    json.put("server", call.server());
    json.put("grant", call.grant());
    call.labels().forEach(json.putObject("labels")::put);
    call.tool().category().ifPresent(category -> json.put("category", category));
    ObjectNode annotations = json.putObject("annotations");
    call.tool().annotations().forEach(annotations::set);
    json.put("policy", call.policy());
    json.put("protocolRevision", call.protocolRevision());
    call.session().ifPresent(session -> json.put("session", session));
    json.put("time", call.time().toString());
    json.put("method", call.method());
    return json;
  }

  private String text(String key, String absent) {
    return json.path(key).asText(absent);
  }

  @Override
  public String grant() {
    return text("grant", "local");
  }

  @Override
  public Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    json.path("labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    return labels;
  }

  @Override
  public String server() {
    return text("server", "server");
  }

  @Override
  public String policy() {
    return text("policy", "policy");
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
    Map<String, JsonNode> annotations = new LinkedHashMap<>();
    json.path("annotations").properties().forEach(e -> annotations.put(e.getKey(), e.getValue()));
    return new Tool(
        text("tool", "tool"),
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

  @Override
  public List<Limit> limits() {
    return Limits.read(json.path("limits"), time());
  }

  @Override
  public Instant time() {
    return Instant.parse(text("time", "1970-01-01T00:00:00Z"));
  }
}
