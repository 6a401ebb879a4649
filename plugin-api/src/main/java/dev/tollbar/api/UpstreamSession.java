package dev.tollbar.api;

import java.util.Optional;

/**
 * One client's line to a server. Messages keep the client's ids: sessions are never shared between
 * clients, unless {@link UpstreamTransport#separatesRequests()}. Used by many virtual threads at
 * once.
 */
public interface UpstreamSession extends AutoCloseable {

  /**
   * Sends one message. For a request, blocks until the first byte of its reply is there; for a
   * notification or response until the server has accepted it.
   *
   * <p>An interrupt ends the wait, and closes the request's own channel where it has one: since MCP
   * 2026-07-28 that is how an HTTP server learns of a cancellation. Elsewhere it does not tell the
   * server: cancellation is a message of its own.
   *
   * @throws UpstreamException when there will be no reply; says whether the message was delivered
   */
  UpstreamReply send(UpstreamMessage message) throws UpstreamException, InterruptedException;

  /**
   * Opens the stream of messages that belong to no request: the GET stream. A second one replaces
   * the first. With an event id goes on with the stream that had this event, whether it was this
   * one or a request's; such a stream stands beside the others.
   *
   * @param lastEventId where a broken stream is to go on
   * @throws UpstreamException with {@link UpstreamException.Reason#REFUSED} when the server offers
   *     none, or cannot go on there
   */
  EventStream listen(Optional<String> lastEventId) throws UpstreamException, InterruptedException;

  /**
   * What {@link UpstreamTransport#resume} takes to go on with this session after a restart of the
   * gateway; empty if that cannot be. At most 1,024 visible ASCII characters. Never logged.
   */
  default Optional<String> resumeToken() {
    return Optional.empty();
  }

  /** Whether messages can still be sent. */
  boolean alive();

  /** Ends the session, and tells the server where its transport has a way to. Idempotent. */
  @Override
  void close();
}
