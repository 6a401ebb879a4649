package dev.tollbar.bootstrap;

import dev.tollbar.aggregate.Aggregate;
import dev.tollbar.legacy.Sessions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Lets go of sessions that nobody uses any more, of clients and of the gateway, now and then. */
final class SessionSweep implements AutoCloseable {
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(30);

  private final Sessions sessions;
  private final LiveDocument document;
  private final Aggregate aggregate;
  private final Duration round;
  private final Thread sweeper;
  private volatile boolean closed;

  SessionSweep(Sessions sessions, LiveDocument document, Aggregate aggregate, Duration idle) {
    this.sessions = sessions;
    this.document = document;
    this.aggregate = aggregate;
    this.round = idle.compareTo(LONGEST_ROUND) < 0 ? idle : LONGEST_ROUND;
    this.sweeper = Thread.ofPlatform().daemon().name("session-sweep").unstarted(this::sweep);
  }

  void start() {
    sweeper.start();
  }

  private void sweep() {
    while (!closed) {
      LockSupport.parkNanos(round.toNanos());
      aggregate.sweep();
      sessions.sweep();
      document.sweep();
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(sweeper);
  }
}
