package dev.tollbar.rule.limits;

import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/** When what a call took counts no more. */
final class Resets {
  private Resets() {}

  /** How long after a time; empty where nobody knows. */
  static Optional<Duration> after(Window window, Instant time) {
    return switch (window) {
      case Window.InFlight _ -> Optional.empty();
      case Window.Rolling rolling -> Optional.of(rolling.length());
      case Calendar calendar -> {
        ZonedDateTime now = time.atZone(ZoneOffset.UTC);
        yield Optional.of(Duration.between(now, end(calendar, now)));
      }
    };
  }

  private static ZonedDateTime end(Calendar calendar, ZonedDateTime now) {
    ZonedDateTime day = now.truncatedTo(ChronoUnit.DAYS);
    return switch (calendar) {
      case SECOND -> now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
      case MINUTE -> now.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
      case HOUR -> now.truncatedTo(ChronoUnit.HOURS).plusHours(1);
      case DAY -> day.plusDays(1);
      case WEEK -> day.with(TemporalAdjusters.next(DayOfWeek.MONDAY));
      case MONTH -> day.withDayOfMonth(1).plusMonths(1);
    };
  }
}
