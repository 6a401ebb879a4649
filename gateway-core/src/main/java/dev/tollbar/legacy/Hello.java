package dev.tollbar.legacy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a client introduced itself in {@code initialize}, so that its session can be initialised anew
 * without it.
 *
 * @param json an object with {@code capabilities} and {@code clientInfo}
 */
record Hello(byte[] json) {
  private static final ObjectMapper JSON = JsonText.mapper();

  /** More than that is not kept for each session. */
  private static final int MOST_BYTES = 16 * 1024;

  /** What the client said; empty if it was too much to be kept. */
  static Optional<Hello> of(Message initialize) {
    ObjectNode said = JSON.createObjectNode();
    said.set("capabilities", object(initialize.params().get("capabilities")));
    said.set("clientInfo", object(initialize.params().get("clientInfo")));
    return Optional.of(new Hello(bytes(said))).filter(hello -> hello.json.length <= MOST_BYTES);
  }

  private static JsonNode object(JsonNode value) {
    return value instanceof ObjectNode object ? object : JSON.createObjectNode();
  }

  /** What the client can do for the server. */
  JsonNode capabilities() {
    try {
      return JSON.readTree(new String(json, StandardCharsets.UTF_8)).path("capabilities");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("this was JSON before", e);
    }
  }

  /** The same without what {@code clientInfo} has beside name and version. */
  Hello brief() {
    try {
      ObjectNode said = (ObjectNode) JSON.readTree(new String(json, StandardCharsets.UTF_8));
      ((ObjectNode) said.path("clientInfo")).retain("name", "version");
      return new Hello(bytes(said));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("this was JSON before", e);
    }
  }

  /** {@code initialize} again, which asks for the revision that was agreed on. */
  byte[] request(MessageId id, Revision revision) {
    String said = new String(json, StandardCharsets.UTF_8);
    String request =
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"%s\",%s}"
            .formatted(id.json(), revision.text(), said.substring(1));
    return request.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(JsonNode said) {
    return JsonText.bytes(said);
  }
}
