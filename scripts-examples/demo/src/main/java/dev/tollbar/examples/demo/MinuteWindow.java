package dev.tollbar.examples.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The UTC minute that a limit counts in. */
final class MinuteWindow {
  private static final Duration ENOUGH = Duration.ofSeconds(20);

  private MinuteWindow() {}

  /** How long to wait so that enough of one minute is left; nothing, if it is. */
  static Duration wait(Instant now) {
    Instant next = now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    Duration left = Duration.between(now, next);
    return left.compareTo(ENOUGH) < 0 ? left : Duration.ZERO;
  }
}
