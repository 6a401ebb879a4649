package dev.tollbar.bootstrap;

import dev.tollbar.legacy.Sessions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Lets go of sessions that nobody uses any more, now and then. */
final class SessionSweep implements AutoCloseable {
  private static final Duration ROUND = Duration.ofSeconds(30);

  private final Sessions sessions;
  private final Thread sweeper;
  private volatile boolean closed;

  SessionSweep(Sessions sessions) {
    this.sessions = sessions;
    this.sweeper = Thread.ofPlatform().daemon().name("session-sweep").unstarted(this::sweep);
  }

  void start() {
    sweeper.start();
  }

  private void sweep() {
    while (!closed) {
      LockSupport.parkNanos(ROUND.toNanos());
      sessions.sweep();
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(sweeper);
  }
}
