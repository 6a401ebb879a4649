package dev.tollbar.rule.limits;

import java.time.Duration;

/** Lengths of time in sentences. */
final class Durations {
  private Durations() {}

  /** In the largest unit that it is a whole number of. */
  static String exactly(Duration length) {
    long seconds = length.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + " d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  /** Rounded up, so that who waits that long does not come too early. */
  static String atLeast(Duration length) {
    long seconds = Math.max(1, length.plusNanos(999_999_999).toSeconds());
    if (seconds <= 120) {
      return seconds + " s";
    }
    if (seconds <= 120 * 60) {
      return Math.ceilDiv(seconds, 60) + " min";
    }
    return seconds <= 48 * 3_600
        ? Math.ceilDiv(seconds, 3_600) + " h"
        : Math.ceilDiv(seconds, 86_400) + " d";
  }
}
