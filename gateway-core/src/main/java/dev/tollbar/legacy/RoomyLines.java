package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.upstream.ServerLines;
import java.time.Duration;

/**
 * The lines to a server that opens only so many: where there is no room for a client that comes, a
 * session that nobody is using gives up its line. Clients that left without a word would keep all
 * of them otherwise; one that is still there begins anew on the server, without noticing.
 */
public final class RoomyLines implements ServerLines {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final String server;
  private final ServerLines lines;
  private final Sessions sessions;

  public RoomyLines(String server, ServerLines lines, Sessions sessions) {
    this.server = server;
    this.lines = lines;
    this.sessions = sessions;
  }

  private interface Opening {
    UpstreamSession open() throws UpstreamException, InterruptedException;
  }

  private UpstreamSession withRoom(Opening opening) throws UpstreamException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return opening.open();
      } catch (UpstreamException e) {
        if (e.reason() != Reason.EXHAUSTED || !madeRoom(end)) {
          throw e;
        }
      }
    }
  }

  private boolean madeRoom(long end) throws InterruptedException {
    while (!sessions.makeRoom(server)) {
      if (System.nanoTime() - end > 0 || !sessions.mayHaveRoom(server)) {
        return false;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return true;
  }

  @Override
  public UpstreamSession forSession() throws UpstreamException, InterruptedException {
    return withRoom(lines::forSession);
  }

  @Override
  public UpstreamSession resume(String token) throws UpstreamException, InterruptedException {
    return withRoom(() -> lines.resume(token));
  }

  @Override
  public UpstreamSession forRequests(String grant) throws UpstreamException, InterruptedException {
    return withRoom(() -> lines.forRequests(grant));
  }

  @Override
  public void sweep() {
    lines.sweep();
  }

  @Override
  public void close() {
    lines.close();
  }
}
