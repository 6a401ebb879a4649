package dev.tollbar.pipeline;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes a comment to every open stream now and then. Nothing else tells that a client has left:
 * the web server notices only when it writes. Streams that began at different times get theirs at
 * different times, so that thousands of them do not hold up calls.
 */
public final class KeepAlive implements AutoCloseable {
  /** So that a client that left is noticed in under a second. */
  private static final Duration MOMENT = Duration.ofMillis(300);

  private static final int ROUNDS = 30;

  private final Duration every;
  private final Set<Kept> streams = ConcurrentHashMap.newKeySet();
  private final Patience patience;
  private final Thread ticker;
  private volatile boolean closed;

  /** As often as this, and often enough for those that cannot wait so long. */
  public KeepAlive(Duration every) {
    this(every, MOMENT);
  }

  /**
   * As above.
   *
   * @param moment how long a request that its client cancels by leaving may take unwatched
   */
  KeepAlive(Duration every, Duration moment) {
    this.every = every;
    this.patience = new Patience(moment);
    this.ticker = Thread.ofPlatform().daemon().name("keep-alive").unstarted(this::tick);
    ticker.start();
  }

  /** Keeps a stream alive until closed. When its client turns out to be gone, says so once. */
  Kept keep(ClientStream stream, Runnable whenGone) {
    Kept kept = new Kept(stream, whenGone);
    streams.add(kept);
    return kept;
  }

  /** For those that cannot wait so long. */
  Patience patience() {
    return patience;
  }

  private void tick() {
    while (!closed) {
      LockSupport.parkNanos(every.toNanos() / ROUNDS);
      long now = System.nanoTime();
      for (Kept kept : streams) {
        if (kept.isDue(now)) {
          // One thread each: a client that does not read must not hold up the others.
          Thread.ofVirtual().start(kept::beat);
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    patience.close();
    LockSupport.unpark(ticker);
    streams.forEach(kept -> kept.whenGone.run());
  }

  final class Kept implements AutoCloseable {
    private final ClientStream stream;
    private final Runnable whenGone;
    private long due;

    private Kept(ClientStream stream, Runnable whenGone) {
      this.stream = stream;
      this.whenGone = whenGone;
      this.due = System.nanoTime() + every.toNanos();
    }

    /** Of the ticking thread: once in each interval. */
    private boolean isDue(long now) {
      if (now - due < 0) {
        return false;
      }
      due = now + every.toNanos();
      return true;
    }

    private void beat() {
      stream.keepAlive();
      if (stream.gone() && streams.remove(this)) {
        whenGone.run();
      }
    }

    @Override
    public void close() {
      streams.remove(this);
    }
  }
}
