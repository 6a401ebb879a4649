package dev.tollbar.state;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.CountersFullException;
import dev.tollbar.state.CounterKey.Group;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All counters of this process. They are found by names alone, so they outlive the revision that
 * first used them. A limit whose window was edited starts a counter of its own. Where there are
 * leases, counters of an hour and more outlive the process too.
 *
 * <p>Idle counters are forgotten as others are opened: when the table has doubled since the last
 * time, once a minute, and where there is no room else; so the cost of it is shared out among those
 * who open counters, and no other call pays.
 */
final class CounterTable {

  private static final int FIRST_SWEEP = 1_024;
  private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(1);
  private static final Duration LONGEST_UNSWEPT = Duration.ofMinutes(1);

  private final ConcurrentMap<CounterKey, Counter> counters = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final CounterRoom room;
  private final LogRoom logRoom;
  private final Optional<Leases> leases;
  private final int max;
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile int nextSweep = FIRST_SWEEP;
  private volatile Instant lastSweep = Instant.MIN;

  /**
   * An empty table.
   *
   * @param maxCounters how many counters there may be at once
   * @param logEntries how many entries the rolling ones of them may have together, beside the first
   *     four of each
   */
  CounterTable(InstantSource clock, int maxCounters, long logEntries) {
    this(clock, maxCounters, logEntries, Optional.empty());
  }

  /**
   * An empty table.
   *
   * @param leases what durable counters count by; without them there are none
   */
  CounterTable(InstantSource clock, int maxCounters, long logEntries, Optional<Leases> leases) {
    this.clock = clock;
    this.max = maxCounters;
    this.room = new CounterRoom(maxCounters);
    this.logRoom = new LogRoom(logEntries);
    this.leases = leases;
    leases.ifPresent(it -> it.greet(this::adopt));
  }

  /**
   * A table that takes at most a quarter of the heap, and no more than 400 MB of a large one: a
   * counter takes up to 600 bytes, mostly some 250, and an entry of a log 12, or 52 with an amount
   * of its own.
   */
  static CounterTable fitting(long heap, InstantSource clock, Optional<Leases> leases) {
    return new CounterTable(
        clock,
        Math.toIntExact(Math.clamp(heap / 4_096, 1_000, 500_000)),
        Math.clamp(heap / 520, 8_000, 2_000_000),
        leases);
  }

  private record Keyed(Limit limit, CounterKey key) {}

  /** The counters of one rule. */
  Counters of(String policy, String owner, boolean shadow) {
    return new Counters() {
      // A rule nearly always has one limit, so one group; a race makes a second, equal one.
      private volatile Group known = new Group(policy, owner, false, shadow, new Window.InFlight());

      // A rule looks at its limit before it takes from it.
      private volatile Optional<Keyed> last = Optional.empty();

      @Override
      public Reading peek(Limit limit, BigDecimal amount) {
        return CounterTable.this.peek(key(limit), limit, amount);
      }

      @Override
      public Reading take(Limit limit, BigDecimal amount) {
        return CounterTable.this.take(key(limit), limit, amount);
      }

      @SuppressWarnings("ReferenceEquality") // another one is another object
      private CounterKey key(Limit limit) {
        Optional<Keyed> keyed = last;
        if (keyed.isPresent() && keyed.get().limit() == limit) {
          return keyed.get().key();
        }
        CounterKey key = newKey(limit);
        last = Optional.of(new Keyed(limit, key));
        return key;
      }

      private CounterKey newKey(Limit limit) {
        Group group = known;
        boolean named = limit.counter().isPresent();
        String counter = limit.counter().orElse(owner);
        if (!group.window().equals(limit.window())
            || group.named() != named
            || !group.owner().equals(counter)) {
          group = new Group(policy, counter, named, shadow, limit.window());
          known = group;
        }
        return new CounterKey(group, ScopeKey.of(limit.scope()));
      }
    };
  }

  int size() {
    return counters.size();
  }

  /** How many entries the logs of rolling windows could still grow by. */
  long freeLogEntries() {
    return logRoom.free();
  }

  private Reading peek(CounterKey key, Limit limit, BigDecimal amount) {
    requireNotNegative(amount);
    Counter counter = counters.get(key);
    if (counter == null) {
      makeRoom(limit.holder(), key.group());
      // Nobody will close it, so it must not take room from those that stay.
      counter = counter(key, limit.holder(), 0, new LogRoom(Long.MAX_VALUE));
    }
    return counter.peek(limit.max(), amount, clock);
  }

  private Reading take(CounterKey key, Limit limit, BigDecimal amount) {
    requireNotNegative(amount);
    while (true) {
      Counter counter = counters.get(key);
      if (counter == null) {
        makeRoom(limit.holder(), key.group());
        counter = counters.computeIfAbsent(key, k -> open(k, limit.holder()));
      }
      Optional<Reading> reading = counter.take(limit.max(), amount, clock);
      if (reading.isPresent()) {
        return reading.get();
      }
      remove(key, counter);
    }
  }

  private Counter open(CounterKey key, String holder) {
    room.opened(holder, key.group());
    return counter(key, holder, 0, logRoom);
  }

  private Counter counter(CounterKey key, String holder, long until, LogRoom room) {
    return leases.isPresent() && Places.durable(key.group().window())
        ? new LeasedCounter(key, holder, until, room, leases.get())
        : new MemoryCounter(key.group().window(), holder, room);
  }

  /** Counters of the file take room from the beginning, or a restart would make room for more. */
  private void adopt(CounterFile.Stored stored) {
    if (counters.size() < max) {
      counters.computeIfAbsent(
          stored.key(),
          key -> {
            room.opened(stored.holder(), key.group());
            return counter(key, stored.holder(), stored.until(), logRoom);
          });
    }
  }

  private void remove(CounterKey key, Counter counter) {
    if (counters.remove(key, counter)) {
      room.forgot(counter.holder(), key.group());
    }
  }

  /**
   * Forgets idle counters if that is due.
   *
   * @throws CountersFullException if the holder may not open another one even so
   */
  private void makeRoom(String holder, Group group) {
    int open = counters.size();
    boolean fits = room.has(holder, group, open);
    if (due(fits, open) && sweeping.compareAndSet(false, true)) {
      try {
        sweep();
      } finally {
        sweeping.set(false);
      }
    }
    if (!fits && !room.has(holder, group, counters.size())) {
      throw room.full(holder, group, counters.size());
    }
  }

  private boolean due(boolean fits, int open) {
    if (fits && open < FIRST_SWEEP) {
      return false;
    }
    // A full table must not be swept again for each call that finds no room in it.
    Instant now = clock.instant();
    boolean early = !now.isBefore(lastSweep) && now.isBefore(lastSweep.plus(BETWEEN_SWEEPS));
    boolean late = !now.isBefore(lastSweep.plus(LONGEST_UNSWEPT));
    return late || (!early && (!fits || open >= nextSweep));
  }

  private void sweep() {
    Instant now = clock.instant();
    for (Map.Entry<CounterKey, Counter> entry : counters.entrySet()) {
      if (entry.getValue().forget(now)) {
        remove(entry.getKey(), entry.getValue());
      }
    }
    nextSweep = Math.max(FIRST_SWEEP, 2 * counters.size());
    lastSweep = now;
  }

  private static void requireNotNegative(BigDecimal amount) {
    if (amount.signum() < 0) {
      throw new IllegalArgumentException("negative amount");
    }
  }
}
