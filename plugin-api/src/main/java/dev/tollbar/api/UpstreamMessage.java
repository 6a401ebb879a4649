package dev.tollbar.api;

import java.util.Map;
import java.util.Optional;

/**
 * A message for a server, with what a transport must know of it.
 *
 * @param bytes the message as it is sent: one JSON object, UTF-8, without line breaks outside of
 *     it. Not to be changed
 * @param kind what it is
 * @param method its method; empty for responses
 * @param id the id of a request or response
 * @param progressToken the token that progress on it carries
 * @param protocolRevision the revision that the message speaks: the one agreed with the server, or
 *     that of the request itself since 2026-07-28; empty before one is agreed
 * @param headers what transports over HTTP send along, beside headers of their own: {@code
 *     Mcp-Method}, {@code Mcp-Name}, {@code Mcp-Param-*} (MCP 2026-07-28, basic/transports). Values
 *     are fit for a header. Other transports leave them out
 */
public record UpstreamMessage(
    byte[] bytes,
    Kind kind,
    String method,
    Optional<MessageId> id,
    Optional<MessageId> progressToken,
    Optional<String> protocolRevision,
    Map<String, String> headers) {

  public UpstreamMessage {
    headers = Map.copyOf(headers);
  }

  /** A message without headers. */
  public UpstreamMessage(
      byte[] bytes,
      Kind kind,
      String method,
      Optional<MessageId> id,
      Optional<MessageId> progressToken,
      Optional<String> protocolRevision) {
    this(bytes, kind, method, id, progressToken, protocolRevision, Map.of());
  }

  /** What a JSON-RPC message is. */
  public enum Kind {
    /** It will be replied to. */
    REQUEST,
    /** Nobody replies to it. */
    NOTIFICATION,
    /** It replies to a request of the server. */
    RESPONSE
  }
}
