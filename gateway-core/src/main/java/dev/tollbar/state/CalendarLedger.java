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

  /** How long an ended window is remembered, so that a clock set back does not open it afresh. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private final Calendar calendar;
  private Instant start = Instant.MIN;
  private Instant end = Instant.MIN;
  private BigDecimal used = BigDecimal.ZERO;

  CalendarLedger(Calendar calendar) {
    this.calendar = calendar;
  }

  @Override
  public BigDecimal used(Instant now) {
    if (!now.isBefore(end)) {
      ZonedDateTime first = start(now.atZone(ZoneOffset.UTC));
      start = first.toInstant();
      end = end(first).toInstant();
      used = BigDecimal.ZERO;
    }
    return used;
  }

  @Override
  public long add(BigDecimal amount, Instant now) {
    used = used(now).add(amount);
    return start.getEpochSecond();
  }

  @Override
  public void remove(long place, BigDecimal amount) {
    if (place == start.getEpochSecond()) {
      used = used.subtract(amount);
    }
  }

  @Override
  public Duration untilFree(BigDecimal amount, Instant now) {
    return Duration.between(now, end);
  }

  @Override
  public boolean idle(Instant now) {
    return end.equals(Instant.MIN) || !now.isBefore(end.plus(SLACK));
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

  private ZonedDateTime end(ZonedDateTime first) {
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
