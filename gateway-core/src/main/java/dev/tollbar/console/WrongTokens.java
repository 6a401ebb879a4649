package dev.tollbar.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Counts wrong tokens by the address that they come from. Tokens cannot be guessed: this bounds
 * noise, and so it keeps nobody out who has a good one. Safe for use by many threads.
 */
final class WrongTokens {
  static final int MOST_OF_ONE = 10;
  static final int MOST_OF_ALL = 100;

  /** Whoever was seen longest ago is forgotten. */
  private static final int MOST_ADDRESSES = 1_000;

  private static final int MOST_WAITING = 16;
  private static final Duration SPAN = Duration.ofMinutes(1);
  private static final Duration WAIT = Duration.ofSeconds(1);

  /** Lets time pass. */
  @FunctionalInterface
  interface Pause {
    void last(Duration time) throws InterruptedException;
  }

  private record Count(Instant since, int wrong) {
    Count next(Instant now) {
      return now.isBefore(since.plus(SPAN)) ? new Count(since, wrong + 1) : new Count(now, 1);
    }
  }

  private final InstantSource clock;
  private final Pause pause;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private final Map<String, Count> byAddress =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };

  private Count all = new Count(Instant.EPOCH, 0);

  WrongTokens(InstantSource clock, Pause pause) {
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * Counts one. While too many come from all addresses together, each waits for its answer.
   *
   * @return how long this address has sent too many yet; empty if it has not
   */
  Optional<Duration> count(String address) {
    Count mine;
    boolean flood;
    synchronized (this) {
      Instant now = clock.instant();
      mine = byAddress.getOrDefault(address, new Count(Instant.EPOCH, 0)).next(now);
      byAddress.put(address, mine);
      all = all.next(now);
      flood = all.wrong() > MOST_OF_ALL;
    }
    if (mine.wrong() > MOST_OF_ONE) {
      return Optional.of(Duration.between(clock.instant(), mine.since().plus(SPAN)));
    }
    return flood && !slowed() ? Optional.of(WAIT) : Optional.empty();
  }

  /** False if so many wait already that no other can. */
  private boolean slowed() {
    if (!waiting.tryAcquire()) {
      return false;
    }
    try {
      pause.last(WAIT);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.release();
    }
  }

  synchronized int addresses() {
    return byAddress.size();
  }
}
