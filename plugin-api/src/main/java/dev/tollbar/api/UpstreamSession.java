package dev.tollbar.api;

import java.util.Optional;

/**
 * One client's line to a server. Messages keep the client's ids: sessions are never shared between
 * clients. Used by many virtual threads at once.
 */
public interface UpstreamSession extends AutoCloseable {

  /**
   * Sends one message. For a request, blocks until the first byte of its reply is there; for a
   * notification or response until the server has accepted it.
   *
   * <p>An interrupt ends the wait. It does not tell the server: cancellation is a message of its
   * own.
   *
   * @throws UpstreamException when there will be no reply; says whether the message was delivered
   */
  UpstreamReply send(UpstreamMessage message) throws UpstreamException, InterruptedException;

  /**
   * Opens the stream of messages that belong to no request: the GET stream. A second one replaces
   * the first.
   *
   * @param lastEventId where a broken stream is to go on
   * @throws UpstreamException with {@link UpstreamException.Reason#REFUSED} when the server offers
   *     none
   */
  EventStream listen(Optional<String> lastEventId) throws UpstreamException, InterruptedException;

  /** Whether messages can still be sent. */
  boolean alive();

  /** Ends the session, and tells the server where its transport has a way to. Idempotent. */
  @Override
  void close();
}
