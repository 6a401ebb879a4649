package dev.tollbar.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * Counts against limits, exactly. Safe for use by many threads; what {@link #take} admits never
 * exceeds the limit, whoever else takes at the same time.
 *
 * <p>All methods throw {@link StoreUnavailableException} when the store behind them cannot be
 * reached; calls that need the limit are then denied. They throw {@link CountersFullException} when
 * a counter would have to be opened, and its holder has too many open.
 */
public interface Counters {

  /** Over which time a limit counts. */
  sealed interface Window {

    /** Fixed, aligned to the UTC calendar; weeks begin on Monday. */
    enum Calendar implements Window {
      /** Begins with each second. */
      SECOND,
      /** Begins with each minute. */
      MINUTE,
      /** Begins with each hour. */
      HOUR,
      /** Begins at midnight. */
      DAY,
      /** Begins on Monday at midnight. */
      WEEK,
      /** Begins on the first of the month at midnight. */
      MONTH
    }

    /** In no interval of this length is more than the maximum admitted. */
    record Rolling(Duration length) implements Window {}

    /** Calls in flight: what was taken counts until it is given back, whatever the outcome. */
    record InFlight() implements Window {}
  }

  /**
   * A limit on one counter.
   *
   * @param counter which counter of the policy: its name in the document, or empty for the rule's
   *     own
   * @param scope whose counter: the values that the limit's scope has for this call. Equal lists
   *     share a counter, different ones never do
   * @param holder on whose account a counter is opened that is not there yet: the grant of the
   *     call. It does not tell counters apart
   * @param max at most this much in the window
   */
  record Limit(
      Optional<String> counter,
      java.util.List<String> scope,
      String holder,
      Window window,
      BigDecimal max) {
    public Limit {
      scope = java.util.List.copyOf(scope);
    }
  }

  /**
   * What the counter says.
   *
   * @param admitted whether the amount fits
   * @param remaining what is left, after the amount if it was taken
   * @param retryAfter when the amount may fit, if it does not now; zero if it fits
   * @param ticket what was taken; only of {@link #take}, if admitted
   */
  record Reading(
      boolean admitted, BigDecimal remaining, Duration retryAfter, Optional<Ticket> ticket) {}

  /** Something taken, from one window of one counter. */
  interface Ticket {
    /** Tells it apart from all others, for logs; no secret, and no part of it means anything. */
    String id();

    /** Gives it back to the window that it came from. A second time has no effect. */
    void giveBack();
  }

  /** What {@link #take} would say, without taking. */
  Reading peek(Limit limit, BigDecimal amount);

  /** Takes the amount if it fits, else nothing. */
  Reading take(Limit limit, BigDecimal amount);
}
