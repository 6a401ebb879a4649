package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A session on one server, which is part of a session on many.
 *
 * @param id its {@code Mcp-Session-Id}
 * @param result what the server answered to {@code initialize}
 * @param greeted whether {@code notifications/initialized} went to the server
 */
record Joined(String id, JsonNode result, AtomicBoolean greeted) {

  Joined(String id, JsonNode result) {
    this(id, result, new AtomicBoolean());
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
