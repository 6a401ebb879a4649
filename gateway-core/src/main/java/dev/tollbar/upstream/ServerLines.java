package dev.tollbar.upstream;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamSession;

/**
 * The lines to one server, each in the era of the client that uses it: what the server itself
 * speaks is bridged where it differs. Safe for use by many threads.
 */
public interface ServerLines extends AutoCloseable {

  /**
   * A line for one client that begins with {@code initialize}. Whoever gets it closes it.
   *
   * @throws UpstreamException when the server cannot be reached
   */
  UpstreamSession forSession() throws UpstreamException, InterruptedException;

  /**
   * A line that {@link #forSession} has opened in an earlier run of the gateway, or in another one.
   *
   * @param token what its {@link UpstreamSession#resumeToken()} gave
   * @throws UpstreamException with SESSION_LOST where that cannot be
   */
  UpstreamSession resume(String token) throws UpstreamException, InterruptedException;

  /**
   * The line for requests that stand alone (MCP 2026-07-28). All requests of a grant share it, and
   * no other grant's do; their ids may be equal. It stays the lines' own.
   *
   * @throws UpstreamException when the server cannot be reached
   */
  UpstreamSession forRequests(String grant) throws UpstreamException, InterruptedException;

  /** Frees what nobody used for long; called now and then. */
  default void sweep() {}

  /** Ends the lines that are shared; not those that somebody got to close. */
  @Override
  void close();
}
