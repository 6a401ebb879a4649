package dev.tollbar.state;

import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.Counters.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/** A counter that ends with its process, behind a lock of its own. */
final class MemoryCounter implements Counter {
  private final Ledger ledger;
  private final String holder;
  private boolean forgotten;

  /**
   * A counter of which nothing is used.
   *
   * @param holder on whose account it is open
   */
  MemoryCounter(Window window, String holder, LogRoom room) {
    this.ledger = Ledger.of(window, room);
    this.holder = holder;
  }

  @Override
  public String holder() {
    return holder;
  }

  @Override
  public synchronized Reading peek(BigDecimal max, BigDecimal amount, InstantSource clock) {
    Instant now = clock.instant();
    BigDecimal left = max.subtract(ledger.used(now));
    return amount.compareTo(left) <= 0
        ? new Reading(true, left, Duration.ZERO, Optional.empty())
        : refused(amount.subtract(left), left, now);
  }

  /** The clock is read inside the lock, so that takes are logged in their order. */
  @Override
  public synchronized Optional<Reading> take(
      BigDecimal max, BigDecimal amount, InstantSource clock) {
    if (forgotten) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    BigDecimal left = max.subtract(ledger.used(now));
    if (amount.compareTo(left) > 0) {
      return Optional.of(refused(amount.subtract(left), left, now));
    }
    long place = amount.signum() == 0 ? 0 : ledger.add(amount, now);
    return Optional.of(
        new Reading(
            true, left.subtract(amount), Duration.ZERO, Optional.of(new Taken(place, amount))));
  }

  @Override
  public synchronized boolean forget(Instant now) {
    if (!forgotten && ledger.idle(now)) {
      forgotten = true;
      ledger.close();
    }
    return forgotten;
  }

  private Reading refused(BigDecimal excess, BigDecimal left, Instant now) {
    return new Reading(
        false, left.max(BigDecimal.ZERO), ledger.untilFree(excess, now), Optional.empty());
  }

  private synchronized void giveBack(long place, BigDecimal amount) {
    if (!forgotten && amount.signum() > 0) {
      ledger.remove(place, amount);
    }
  }

  /** What was taken, and from where. */
  private final class Taken implements Ticket {
    private final long number = ThreadLocalRandom.current().nextLong();
    private final AtomicBoolean given = new AtomicBoolean();
    private final long place;
    private final BigDecimal amount;

    Taken(long place, BigDecimal amount) {
      this.place = place;
      this.amount = amount;
    }

    @Override
    public String id() {
      return HexFormat.of().toHexDigits(number);
    }

    @Override
    public void giveBack() {
      if (given.compareAndSet(false, true)) {
        MemoryCounter.this.giveBack(place, amount);
      }
    }
  }
}
