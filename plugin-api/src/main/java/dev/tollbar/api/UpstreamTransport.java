package dev.tollbar.api;

/**
 * The way to one server. Used by many virtual threads at once; closed when the last revision that
 * needs it is gone.
 */
public interface UpstreamTransport extends AutoCloseable {

  /**
   * Opens what one client session needs: a process of its own, or a place in a pool. The first
   * message sent on it is {@code initialize}.
   *
   * @throws UpstreamException when the server cannot be reached
   */
  UpstreamSession connect() throws UpstreamException, InterruptedException;

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
  record Health(boolean up, String detail) {}
}
