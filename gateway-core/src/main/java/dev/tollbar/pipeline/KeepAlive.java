package dev.tollbar.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Writes a comment to every open stream now and then. Nothing else tells that a client has left:
 * the web server notices only when it writes.
 *
 * <p>Streams lie on a wheel, where they were put when they began, and one slot has its turn after
 * the other. So thousands of them do not hold up calls, and none is looked at in vain.
 */
public final class KeepAlive implements AutoCloseable {
  /** So that a client that left is noticed in under a second. */
  private static final Duration MOMENT = Duration.ofMillis(300);

  private static final int SLOTS = 30;

  private final Duration every;
  private final List<Set<Kept>> wheel =
      Stream.<Set<Kept>>generate(ConcurrentHashMap::newKeySet).limit(SLOTS).toList();
  private final Patience patience;
  private final Thread ticker;
  private volatile int turn;
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
    Kept kept = new Kept(wheel.get(turn), stream, whenGone);
    kept.slot.add(kept);
    return kept;
  }

  /** For those that cannot wait so long. */
  Patience patience() {
    return patience;
  }

  private void tick() {
    long due = System.nanoTime();
    while (!closed) {
      due += every.toNanos() / SLOTS;
      sleepUntil(due);
      int next = (turn + 1) % SLOTS;
      turn = next;
      // One thread each: a client that does not read must not hold up the others.
      wheel.get(next).forEach(kept -> Thread.ofVirtual().start(kept::beat));
    }
  }

  /** A turn that comes late does not put off those that follow. */
  private void sleepUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0 && !closed; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() {
    closed = true;
    patience.close();
    LockSupport.unpark(ticker);
    wheel.forEach(slot -> slot.forEach(kept -> kept.whenGone.run()));
  }

  static final class Kept implements AutoCloseable {
    private final Set<Kept> slot;
    private final ClientStream stream;
    private final Runnable whenGone;

    private Kept(Set<Kept> slot, ClientStream stream, Runnable whenGone) {
      this.slot = slot;
      this.stream = stream;
      this.whenGone = whenGone;
    }

    private void beat() {
      stream.keepAlive();
      if (stream.gone() && slot.remove(this)) {
        whenGone.run();
      }
    }

    @Override
    public void close() {
      slot.remove(this);
    }
  }
}
