package dev.tollbar.api;

import java.util.Objects;

/**
 * The way to one server. Used by many virtual threads at once; closed when the last revision that
 * needs it is gone.
 */
public interface UpstreamTransport extends AutoCloseable {

  /**
   * Opens what one client session needs: a process of its own, or a place in a pool. The first
   * message sent on it is {@code initialize}; or, since MCP 2026-07-28 where there are no sessions,
   * any request that names its revision.
   *
   * @throws UpstreamException when the server cannot be reached
   */
  UpstreamSession connect() throws UpstreamException, InterruptedException;

  /**
   * Goes on with a session that an earlier run of the gateway, or another gateway, has opened. Does
   * not ask the server: that it does not know the session any more shows with the first message.
   *
   * @param token what {@link UpstreamSession#resumeToken()} gave
   * @throws UpstreamException with {@link UpstreamException.Reason#SESSION_LOST} where sessions end
   *     with the gateway, as the default says
   */
  default UpstreamSession resume(String token) throws UpstreamException, InterruptedException {
    throw new UpstreamException(
        UpstreamException.Reason.SESSION_LOST, false, 0, "the session ended with its gateway");
  }

  /**
   * Whether requests of several clients may go over one session without their ids meeting: true
   * where every request has a reply channel of its own, as over HTTP. Only asked for MCP
   * 2026-07-28.
   */
  default boolean separatesRequests() {
    return false;
  }

  /** How the server is doing, from what is known: no I/O, returns at once. */
  Health health();

  /** Ends every session and process. Returns when they are gone, at most a few seconds later. */
  @Override
  void close();

  /**
   * How a server is doing.
   *
   * @param up whether calls are expected to succeed
   * @param detail one line for people: {@code "3 processes"}, {@code "connection refused"}
   */
  record Health(boolean up, String detail) {
    public Health {
      Objects.requireNonNull(detail);
    }
  }
}
