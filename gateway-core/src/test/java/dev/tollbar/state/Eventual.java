package dev.tollbar.state;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What becomes true by itself. */
final class Eventual {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private Eventual() {}

  /** Asserts it again and again until it holds. */
  static void ly(Runnable assertion) {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      try {
        assertion.run();
        return;
      } catch (AssertionError | RuntimeException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }
}
