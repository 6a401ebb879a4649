package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;

/**
 * How sessions reach a server.
 *
 * @param server its name
 * @param digest of all that decides how it is reached: with another one a session of the server is
 *     no longer resumed there, but initialised anew
 * @param connecting opens a line that begins with {@code initialize}
 * @param resuming opens a line that an earlier run of the gateway had
 */
public record Reach(String server, String digest, Connecting connecting, Resuming resuming) {

  /** Opens a new line. */
  @FunctionalInterface
  public interface Connecting {
    UpstreamSession connect() throws UpstreamException, InterruptedException;
  }

  /** Opens a line again; with {@link Reason#SESSION_LOST} where that cannot be. */
  @FunctionalInterface
  public interface Resuming {
    UpstreamSession resume(String token) throws UpstreamException, InterruptedException;
  }
}
