package dev.tollbar.upstream;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for so many calls at once, and for some that wait, first come, first served. Safe for use by
 * many threads.
 */
public final class Room {

  /**
   * How large it is.
   *
   * @param calls how many are inside at once
   * @param waiting how many wait for that
   * @param patience how long
   */
  public record Terms(int calls, int waiting, Duration patience) {
    /** Where nobody says how large. */
    public static final Terms DEFAULT = new Terms(256, 256, Duration.ofSeconds(5));

    /** Nobody waits. */
    public static Terms atOnce(int calls) {
      return new Terms(calls, 0, Duration.ZERO);
    }
  }

  /** There is no room, and there was none in time. */
  public static final class FullException extends Exception {
    private static final long serialVersionUID = 1L;

    FullException() {
      super("full", null, false, false);
    }
  }

  /** What one call has of the room until it leaves, which it may do more than once. */
  public interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /** May shrink below what is taken. */
  private static final class Places extends Semaphore {
    private static final long serialVersionUID = 1L;

    Places(int number) {
      super(number, true);
    }

    void change(int difference) {
      if (difference < 0) {
        reducePermits(-difference);
      } else {
        release(difference);
      }
    }
  }

  private final Places places;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Terms terms;

  public Room(Terms terms) {
    this.terms = terms;
    this.places = new Places(terms.calls());
  }

  /** Becomes larger or smaller. Who is inside or waits is not disturbed. */
  public synchronized void adjust(Terms next) {
    places.change(next.calls() - terms.calls());
    terms = next;
  }

  /**
   * Takes a place, which the caller closes.
   *
   * @throws FullException when there is none, and enough others wait or the time is over
   */
  public Place enter() throws FullException, InterruptedException {
    // With a time, for that heeds who has come before; without one it would push in.
    if (!places.tryAcquire(0, TimeUnit.NANOSECONDS)) {
      queue();
    }
    AtomicBoolean left = new AtomicBoolean();
    return () -> {
      if (left.compareAndSet(false, true)) {
        places.release();
      }
    };
  }

  private void queue() throws FullException, InterruptedException {
    Terms now = terms;
    try {
      if (waiting.incrementAndGet() > now.waiting()
          || !places.tryAcquire(now.patience().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new FullException();
      }
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** How many wait. */
  public int waiting() {
    return waiting.get();
  }

  /** How many are inside. */
  public int calls() {
    return Math.max(0, terms.calls() - places.availablePermits());
  }
}
