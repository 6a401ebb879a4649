package dev.tollbar.state;

import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * Where the durable counts of one window lie: for a window of the calendar at its start; for a
 * rolling one at the end of a slice of time, as if all of the slice had been taken then. All times
 * are in milliseconds.
 */
final class Places {

  /** From this length on a window outlives its process. */
  private static final Duration SHORTEST = Duration.ofHours(1);

  private static final int SLICES = 120;

  private final Window window;
  private final long length;

  private Places(Window window, long length) {
    this.window = window;
    this.length = length;
  }

  static boolean durable(Window window) {
    return switch (window) {
      case Calendar calendar -> calendar.compareTo(Calendar.HOUR) >= 0;
      case Window.Rolling rolling -> rolling.length().compareTo(SHORTEST) >= 0;
      case Window.InFlight _ -> false;
    };
  }

  static Places of(Window window) {
    return new Places(
        window, window instanceof Window.Rolling rolling ? millis(rolling.length()) : 0);
  }

  /** The window as a text, for the file. */
  String text() {
    return switch (window) {
      case Calendar calendar -> calendar.name().toLowerCase(Locale.ROOT);
      case Window.Rolling rolling -> rolling.length().toString();
      case Window.InFlight _ -> "in flight";
    };
  }

  /** The window of a text; what no Tollbar has written is an {@link IllegalArgumentException}. */
  static Window window(String text) {
    return text.startsWith("P")
        ? new Window.Rolling(Duration.parse(text))
        : Calendar.valueOf(text.toUpperCase(Locale.ROOT));
  }

  boolean calendar() {
    return length == 0;
  }

  /** When what lies at a place counts no more. */
  long until(long place) {
    return window instanceof Calendar calendar
        ? CalendarLedger.end(calendar, Instant.ofEpochMilli(place).atZone(ZoneOffset.UTC))
                .toEpochSecond()
            * 1_000
        : place + length;
  }

  /**
   * Where something is put that may be taken from this time on: for a rolling window at least a
   * slice ahead, so that it need not be moved at once.
   */
  long place(long at, boolean coarse) {
    if (calendar()) {
      return at;
    }
    long slice = slice(coarse);
    return (Math.floorDiv(at, slice) + 2) * slice;
  }

  /** Whether what lies at a place still counts. */
  boolean counts(long place, long at) {
    return calendar() ? place == at : place + length > at;
  }

  /** Whether what lies at a place may be taken at a time. */
  boolean covers(long place, long at) {
    return calendar() ? place == at : at <= place;
  }

  /** Whether it is time to move what is left at a place to a later one. */
  boolean ending(long place, long at) {
    return !calendar() && place - at < slice(false);
  }

  private long slice(boolean coarse) {
    return Math.max(1, length / (coarse ? 2 : SLICES));
  }

  private static long millis(Duration length) {
    return length.plusNanos(999_999).toMillis();
  }
}
