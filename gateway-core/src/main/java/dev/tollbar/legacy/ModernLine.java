package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamSession;

/** The line to a server for requests that stand alone (MCP 2026-07-28). Shared, and not closed. */
@FunctionalInterface
public interface ModernLine {

  /**
   * The line as it is now; asked for each request, since a server may have been started anew.
   *
   * @throws UpstreamException when the server cannot be reached
   */
  UpstreamSession open() throws UpstreamException, InterruptedException;
}
