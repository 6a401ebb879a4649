package dev.tollbar.api;

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
 * @param protocolRevision the revision agreed with the server; empty before it is
 */
public record UpstreamMessage(
    byte[] bytes,
    Kind kind,
    String method,
    Optional<MessageId> id,
    Optional<MessageId> progressToken,
    Optional<String> protocolRevision) {

  public enum Kind {
    REQUEST,
    NOTIFICATION,
    RESPONSE
  }
}
