package dev.tollbar.state;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.StoreUnavailableException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All counters of this process, in memory. They are found by names alone, so they outlive the
 * revision that first used them. A limit whose window was edited starts a counter of its own.
 *
 * <p>Idle counters are forgotten when the table has doubled since the last time; so the cost of it
 * is shared out among the takes that made it grow.
 */
final class CounterTable {

  /** Each counter takes some 300 bytes when nothing is logged in it. */
  static final int MAX_COUNTERS = 500_000;

  private static final int FIRST_SWEEP = 1_024;
  private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(1);

  private final ConcurrentMap<Key, Counter> counters = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final int maxCounters;
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile int nextSweep;
  private volatile Instant noSweepBefore = Instant.MIN;

  CounterTable(InstantSource clock, int maxCounters) {
    this.clock = clock;
    this.maxCounters = maxCounters;
    this.nextSweep = Math.min(FIRST_SWEEP, maxCounters);
  }

  /** The counters of one rule. */
  Counters of(String policy, String owner, boolean shadow) {
    return new Counters() {
      @Override
      public Reading peek(Limit limit, BigDecimal amount) {
        return CounterTable.this.peek(key(limit), limit, amount);
      }

      @Override
      public Reading take(Limit limit, BigDecimal amount) {
        return CounterTable.this.take(key(limit), limit, amount);
      }

      private Key key(Limit limit) {
        return new Key(
            policy,
            limit.counter().orElse(owner),
            limit.counter().isPresent(),
            shadow,
            limit.window(),
            ScopeKey.of(limit.scope()));
      }
    };
  }

  int size() {
    return counters.size();
  }

  private Reading peek(Key key, Limit limit, BigDecimal amount) {
    requireNotNegative(amount);
    Counter counter = counters.get(key);
    return (counter == null ? new Counter(limit.window()) : counter)
        .peek(limit.max(), amount, clock);
  }

  private Reading take(Key key, Limit limit, BigDecimal amount) {
    requireNotNegative(amount);
    while (true) {
      Counter counter = counters.get(key);
      if (counter == null) {
        makeRoom();
        counter = counters.computeIfAbsent(key, k -> new Counter(k.window()));
      }
      Optional<Reading> reading = counter.take(limit.max(), amount, clock);
      if (reading.isPresent()) {
        return reading.get();
      }
      counters.remove(key, counter);
    }
  }

  private void makeRoom() {
    Instant now = clock.instant();
    if (counters.size() >= nextSweep
        && !now.isBefore(noSweepBefore)
        && sweeping.compareAndSet(false, true)) {
      try {
        counters.values().removeIf(counter -> counter.forget(now));
        nextSweep = Math.min(Math.max(FIRST_SWEEP, 2 * counters.size()), maxCounters);
        // A full table must not be swept again for each call that finds no room in it.
        noSweepBefore = now.plus(BETWEEN_SWEEPS);
      } finally {
        sweeping.set(false);
      }
    }
    if (counters.size() >= maxCounters) {
      throw new StoreUnavailableException(
          "all %d counters are in use: a limit's scope has too many different values"
              .formatted(maxCounters));
    }
  }

  private static void requireNotNegative(BigDecimal amount) {
    if (amount.signum() < 0) {
      throw new IllegalArgumentException("negative amount");
    }
  }

  /** Which counter: {@code owner} is its name in the document, or its rule. */
  private record Key(
      String policy,
      String owner,
      boolean named,
      boolean shadow,
      Window window,
      List<String> scope) {}
}
