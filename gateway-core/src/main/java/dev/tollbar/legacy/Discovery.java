package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Parts;
import dev.tollbar.protocol.Range;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What a modern server says of itself (MCP 2026-07-28, {@code server/discover}), which a legacy
 * client learns from the handshake.
 */
final class Discovery {
  private final Message message;
  private final JsonNode result;

  private Discovery(Message message, JsonNode result) {
    this.message = message;
    this.result = result;
  }

  /**
   * What the server answered.
   *
   * @throws UpstreamException if it is no server that can be bridged to
   */
  static Discovery of(ModernResponse response, int status) throws UpstreamException {
    if (!(response instanceof ModernResponse.Complete(Message message))) {
      throw new UpstreamException(
          Reason.REFUSED, true, status, "the server does not say what it offers");
    }
    JsonNode result = message.result().orElseThrow();
    if (!result.path("supportedVersions").isArray() || !result.path("capabilities").isObject()) {
      throw new UpstreamException(
          Reason.MALFORMED, true, 0, "the server's answer to server/discover lacks a member");
    }
    for (JsonNode version : result.path("supportedVersions")) {
      if (version.asText().equals(ClientProfile.SPOKEN.text())) {
        return new Discovery(message, result);
      }
    }
    throw new UpstreamException(
        Reason.REFUSED,
        true,
        status,
        "the server does not serve revision " + ClientProfile.SPOKEN.text());
  }

  /** Whether the server tells when one of its lists changes: {@code tools}, for example. */
  boolean tellsOfChanged(String list) {
    return result.path("capabilities").path(list).path("listChanged").asBoolean();
  }

  boolean tellsOfResources() {
    return result.path("capabilities").path("resources").path("subscribe").asBoolean();
  }

  boolean hasLogs() {
    return result.path("capabilities").path("logging").isObject();
  }

  /**
   * The answer to the client's handshake.
   *
   * @param fallback what the server is called if it does not say so
   */
  byte[] handshake(MessageId id, ClientProfile client, String fallback) {
    SequencedMap<String, String> members = new LinkedHashMap<>();
    members.put("protocolVersion", JsonText.quote(client.revision().text()));
    members.put("capabilities", capabilities());
    members.put(
        "serverInfo",
        text("result._meta." + MetaKeys.SERVER_INFO)
            .orElse("{\"name\":" + JsonText.quote(fallback) + ",\"version\":\"unknown\"}"));
    text("result.instructions").ifPresent(json -> members.put("instructions", json));
    String json = SplicedRequest.object(members);
    return ("{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + ",\"result\":" + json + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** As the server has them, but for what is not carried. */
  private String capabilities() {
    ObjectNode offered = JsonNodeFactory.instance.objectNode();
    offered.setAll((ObjectNode) result.path("capabilities"));
    boolean changed = offered.remove("tasks") != null;
    if (offered.get("extensions") instanceof ObjectNode extensions
        && extensions.has(ClientProfile.TASKS)) {
      changed = true;
      ObjectNode rest = extensions.deepCopy().without(ClientProfile.TASKS);
      offered.set("extensions", rest);
      if (rest.isEmpty()) {
        offered.remove("extensions");
      }
    }
    return changed ? offered.toString() : text("result.capabilities").orElseThrow();
  }

  private Optional<String> text(String path) {
    return message.range(path).map(this::text);
  }

  private String text(Range range) {
    return new String(Parts.bytes(message.bytes(), range), StandardCharsets.UTF_8);
  }
}
