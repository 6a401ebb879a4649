package dev.tollbar.state;

import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.Counters.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One counter, behind a lock of its own. */
final class Counter {
  private final Ledger ledger;
  private boolean forgotten;

  Counter(Window window) {
    ledger = Ledger.of(window);
  }

  synchronized Reading peek(BigDecimal max, BigDecimal amount, InstantSource clock) {
    Instant now = clock.instant();
    BigDecimal left = max.subtract(ledger.used(now));
    return amount.compareTo(left) <= 0
        ? new Reading(true, left, Duration.ZERO, Optional.empty())
        : refused(amount.subtract(left), left, now);
  }

  /**
   * Takes if it fits; empty if this counter was forgotten meanwhile and another stands in its
   * place. The clock is read inside the lock, so that takes are logged in their order.
   */
  synchronized Optional<Reading> take(BigDecimal max, BigDecimal amount, InstantSource clock) {
    if (forgotten) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    BigDecimal left = max.subtract(ledger.used(now));
    if (amount.compareTo(left) > 0) {
      return Optional.of(refused(amount.subtract(left), left, now));
    }
    Ticket ticket = amount.signum() == 0 ? () -> {} : ticket(ledger.add(amount, now), amount);
    return Optional.of(
        new Reading(true, left.subtract(amount), Duration.ZERO, Optional.of(ticket)));
  }

  /** Forgets it if nothing counts in it; true if it is forgotten now. */
  synchronized boolean forget(Instant now) {
    forgotten = forgotten || ledger.idle(now);
    return forgotten;
  }

  private Reading refused(BigDecimal excess, BigDecimal left, Instant now) {
    return new Reading(
        false, left.max(BigDecimal.ZERO), ledger.untilFree(excess, now), Optional.empty());
  }

  private Ticket ticket(long place, BigDecimal amount) {
    AtomicBoolean given = new AtomicBoolean();
    return () -> {
      if (given.compareAndSet(false, true)) {
        giveBack(place, amount);
      }
    };
  }

  private synchronized void giveBack(long place, BigDecimal amount) {
    ledger.remove(place, amount);
  }
}
