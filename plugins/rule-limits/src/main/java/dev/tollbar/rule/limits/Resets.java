package dev.tollbar.rule.limits;

import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** When what a call took counts no more. */
final class Resets {
  private static final Instant MONDAY = Instant.parse("1970-01-05T00:00:00Z");

  private Resets() {}

  /** How long after a time; empty where nobody knows. */
  static Optional<Duration> after(Window window, Instant time) {
    return switch (window) {
      case Window.InFlight _ -> Optional.empty();
      case Window.Rolling rolling -> Optional.of(rolling.length());
      case Calendar calendar -> Optional.of(untilEnd(calendar, time));
    };
  }

  /** In UTC all windows of a kind are of one length, but months. */
  private static Duration untilEnd(Calendar calendar, Instant time) {
    return switch (calendar) {
      case SECOND -> untilEnd(Duration.ofSeconds(1), Instant.EPOCH, time);
      case MINUTE -> untilEnd(Duration.ofMinutes(1), Instant.EPOCH, time);
      case HOUR -> untilEnd(Duration.ofHours(1), Instant.EPOCH, time);
      case DAY -> untilEnd(Duration.ofDays(1), Instant.EPOCH, time);
      case WEEK -> untilEnd(Duration.ofDays(7), MONDAY, time);
      case MONTH -> {
        ZonedDateTime now = time.atZone(ZoneOffset.UTC);
        ZonedDateTime first = now.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
        yield Duration.between(now, first.plusMonths(1));
      }
    };
  }

  /** Until the end of the window that a time lies in, if one of them begins at a given time. */
  private static Duration untilEnd(Duration length, Instant beginning, Instant time) {
    long since = time.getEpochSecond() - beginning.getEpochSecond();
    long left = length.toSeconds() - Math.floorMod(since, length.toSeconds());
    return Duration.ofSeconds(left).minusNanos(time.getNano());
  }
}
