package dev.tollbar.state;

import dev.tollbar.api.Counters.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What one counter has admitted, by one kind of window. Not safe for threads by itself. */
sealed interface Ledger permits CalendarLedger, RollingLedger, InFlightLedger {

  static Ledger of(Window window, LogRoom room) {
    return switch (window) {
      case Window.Calendar calendar -> new CalendarLedger(calendar);
      case Window.Rolling rolling -> new RollingLedger(rolling.length(), room);
      case Window.InFlight _ -> new InFlightLedger();
    };
  }

  /** Brings it to the given time, and returns how much counts then. */
  BigDecimal used(Instant now);

  /** Adds an amount above zero; returns the place it went to, for {@link #remove}. */
  long add(BigDecimal amount, Instant now);

  /** Where an amount would go that is added now. */
  long place(Instant now);

  /** Takes an amount out again, unless its place counts no more. */
  void remove(long place, BigDecimal amount);

  /**
   * How long until at least this much counts no more; the time until nothing counts, if it is more
   * than there is.
   */
  Duration untilFree(BigDecimal amount, Instant now);

  /**
   * An amount that counts until a time.
   *
   * @param at in milliseconds
   */
  record Expiry(long at, BigDecimal amount) {}

  /** Adds what it holds, by when it counts no more; nothing where all ends at once. */
  default void expiries(List<Expiry> expiries) {}

  /** Whether it can be forgotten: nothing counts in it, now or after a small step of the clock. */
  boolean idle(Instant now);

  /** Gives back what it shares with others; nothing is asked of it afterwards. */
  default void close() {}
}
