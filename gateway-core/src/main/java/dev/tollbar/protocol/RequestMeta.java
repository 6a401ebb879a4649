package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What a request says of itself where there is no handshake that has said it before. Source: MCP
 * 2026-07-28, base protocol, "_meta".
 *
 * @param protocolVersion as the request has it, whether it is served or not
 * @param clientCapabilities what the client can do for the server; not to be changed
 * @param logLevel the least severe log message that the client wants; none if it wants none
 */
public record RequestMeta(
    String protocolVersion,
    ObjectNode clientCapabilities,
    Optional<JsonNode> clientInfo,
    Optional<String> logLevel) {

  /** Whether the message claims to stand alone, however badly. */
  public static boolean isClaimedBy(Message message) {
    return message.params().path("_meta").has(MetaKeys.PROTOCOL_VERSION);
  }

  /**
   * What the message says.
   *
   * @throws MalformedMessageException with -32602 where something is missing or of a wrong type
   */
  public static RequestMeta of(Message message) throws MalformedMessageException {
    JsonNode meta = message.params().path("_meta");
    JsonNode version = meta.path(MetaKeys.PROTOCOL_VERSION);
    require(version.isTextual(), Fault.META_VERSION, message);
    if (!(meta.get(MetaKeys.CLIENT_CAPABILITIES) instanceof ObjectNode capabilities)) {
      throw new MalformedMessageException(Fault.META_CAPABILITIES, message.id());
    }
    Optional<JsonNode> info = Optional.ofNullable(meta.get(MetaKeys.CLIENT_INFO));
    require(info.map(JsonNode::isObject).orElse(true), Fault.META_CLIENT_INFO, message);
    Optional<JsonNode> level = Optional.ofNullable(meta.get(MetaKeys.LOG_LEVEL));
    require(level.map(JsonNode::isTextual).orElse(true), Fault.META_LOG_LEVEL, message);
    return new RequestMeta(version.textValue(), capabilities, info, level.map(JsonNode::textValue));
  }

  private static void require(boolean holds, Fault fault, Message message)
      throws MalformedMessageException {
    if (!holds) {
      throw new MalformedMessageException(fault, message.id());
    }
  }
}
