package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.protocol.Revision;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A session on one server, which is part of a session on many.
 *
 * @param id its {@code Mcp-Session-Id}; empty where there are no sessions
 * @param result what the server answered to {@code initialize}
 * @param greeted whether {@code notifications/initialized} went to the server
 */
record Joined(Optional<String> id, JsonNode result, AtomicBoolean greeted) {

  Joined(String id, JsonNode result) {
    this(Optional.of(id), result, new AtomicBoolean());
  }

  /** Stands for a session with a server where there are none. */
  static Joined alone(Revision revision) {
    ObjectNode result =
        JsonNodeFactory.instance.objectNode().put("protocolVersion", revision.text());
    return new Joined(Optional.empty(), result, new AtomicBoolean(true));
  }

  boolean isAlone() {
    return id.isEmpty();
  }

  /** Whether the server has said that it has something; true if it need not say. */
  boolean offers(String capability) {
    return isAlone() || capabilities().has(capability);
  }

  Optional<String> revision() {
    return Optional.ofNullable(result.path("protocolVersion").textValue());
  }

  JsonNode capabilities() {
    return result.path("capabilities");
  }

  Optional<String> instructions() {
    return Optional.ofNullable(result.path("instructions").textValue())
        .filter(text -> !text.isBlank());
  }
}
