package dev.tollbar.transport.stdio;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How long to wait before the next start after processes have crashed: a quarter of a second,
 * doubled with each crash up to half a minute. A process that ran for a minute starts it anew.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration MOST = Duration.ofSeconds(30);
  private static final Duration HEALTHY = Duration.ofSeconds(60);

  private final InstantSource clock;
  private Duration next = FIRST;
  private Instant notBefore = Instant.MIN;

  Backoff(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A process has ended that was not told to.
   *
   * @param started when it was started
   */
  synchronized void crashed(Instant started) {
    Instant now = clock.instant();
    if (now.isBefore(notBefore)) {
      return; // One of several that fell together.
    }
    if (!started.plus(HEALTHY).isAfter(now)) {
      next = FIRST;
    }
    notBefore = now.plus(next);
    next = next.multipliedBy(2).compareTo(MOST) < 0 ? next.multipliedBy(2) : MOST;
  }

  /** How long from now; zero if at once. */
  synchronized Duration left() {
    Instant now = clock.instant();
    return now.isBefore(notBefore) ? Duration.between(now, notBefore) : Duration.ZERO;
  }
}
