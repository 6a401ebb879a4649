package dev.tollbar.distribution;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what another process does in its own time. */
final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration ROUND = Duration.ofMillis(50);

  private Eventually() {}

  /** The first value that fits; after half a minute the last one, for the test to complain of. */
  static <T> T get(Callable<T> look, Predicate<T> fits) throws Exception {
    return get(look, fits, PATIENCE);
  }

  /** The same with another time than half a minute. */
  static <T> T get(Callable<T> look, Predicate<T> fits, Duration patience) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    T value = look.call();
    while (!fits.test(value) && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(ROUND.toNanos());
      value = look.call();
    }
    return value;
  }
}
