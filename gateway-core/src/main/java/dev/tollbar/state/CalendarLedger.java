package dev.tollbar.state;

import dev.tollbar.api.Counters.Window.Calendar;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/**
 * A fixed window of the UTC calendar. Only the newest window is kept: a clock that steps back
 * counts on in the window that it came from, so that no window is ever filled twice.
 */
final class CalendarLedger implements Ledger {

  /** Seconds that an ended window is remembered, so that a clock set back opens none afresh. */
  private static final long SLACK = 60;

  private final Calendar calendar;
  // In seconds, as windows begin and end with one.
  private long start = Long.MIN_VALUE;
  private long end = Long.MIN_VALUE;
  private BigDecimal used = BigDecimal.ZERO;

  CalendarLedger(Calendar calendar) {
    this.calendar = calendar;
  }

  @Override
  public BigDecimal used(Instant now) {
    if (now.getEpochSecond() >= end) {
      ZonedDateTime first = start(now.atZone(ZoneOffset.UTC));
      start = first.toEpochSecond();
      end = end(calendar, first).toEpochSecond();
      used = BigDecimal.ZERO;
    }
    return used;
  }

  @Override
  public long add(BigDecimal amount, Instant now) {
    used = used(now).add(amount);
    return start;
  }

  @Override
  public long place(Instant now) {
    used(now);
    return start;
  }

  @Override
  public void remove(long place, BigDecimal amount) {
    if (place == start) {
      used = used.subtract(amount);
    }
  }

  @Override
  public Duration untilFree(BigDecimal amount, Instant now) {
    return Duration.between(now, Instant.ofEpochSecond(end));
  }

  @Override
  public boolean idle(Instant now) {
    return end == Long.MIN_VALUE || now.getEpochSecond() >= end + SLACK;
  }

  private ZonedDateTime start(ZonedDateTime now) {
    return switch (calendar) {
      case SECOND -> now.truncatedTo(ChronoUnit.SECONDS);
      case MINUTE -> now.truncatedTo(ChronoUnit.MINUTES);
      case HOUR -> now.truncatedTo(ChronoUnit.HOURS);
      case DAY -> now.truncatedTo(ChronoUnit.DAYS);
      case WEEK ->
          now.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case MONTH -> now.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
    };
  }

  static ZonedDateTime end(Calendar calendar, ZonedDateTime first) {
    return switch (calendar) {
      case SECOND -> first.plusSeconds(1);
      case MINUTE -> first.plusMinutes(1);
      case HOUR -> first.plusHours(1);
      case DAY -> first.plusDays(1);
      case WEEK -> first.plusWeeks(1);
      case MONTH -> first.plusMonths(1);
    };
  }
}
