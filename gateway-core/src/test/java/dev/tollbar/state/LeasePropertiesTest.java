package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.StoreUnavailableException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Durable counters over random takes, refunds, crashes, restarts, steps of the clock and failures
 * of the disk, by several processes. Each failure names its seed.
 */
class LeasePropertiesTest {
  private static final Leases.Times TIMES =
      new Leases.Times(Duration.ofSeconds(20), Duration.ZERO, Duration.ofMillis(3));

  private record Taken(Instant at, BigDecimal amount, Ticket ticket, Gateway by) {}

  /** A gateway that shares the disk. */
  private static final class Gateway {
    private final FakeDisk.Seat seat;
    private final Leases leases;
    private final Counters counters;

    Gateway(FakeDisk disk, InstantSource clock, long number) {
      seat = disk.seat();
      leases = new Leases(seat, clock, number, TIMES);
      counters = new CounterTable(clock, 1_000, 10_000, Optional.of(leases)).of("p", "/r", false);
    }

    void crash() {
      seat.die();
      leases.close();
    }

    void stop() {
      leases.close();
    }
  }

  static Stream<Arguments> windowsAndMaxima() {
    return Stream.of(
            Calendar.HOUR,
            Calendar.DAY,
            Calendar.WEEK,
            Calendar.MONTH,
            new Window.Rolling(Duration.ofHours(1)),
            new Window.Rolling(Duration.ofDays(3)))
        .flatMap(window ->
            Stream.of("5", "37.5", "1000").map(max -> Arguments.of(window, new BigDecimal(max))));
  }

  @ParameterizedTest
  @MethodSource("windowsAndMaxima")
  void neverMoreThanTheMaximumWhateverHappens(Window window, BigDecimal max) {
    for (long seed = 1; seed <= 3; seed++) {
      Random random = new Random(seed);
      SetClock clock = new SetClock("2026-11-23T10:15:20Z");
      FakeDisk disk = new FakeDisk(random, seed % 2 == 0 ? 8 : 0);
      Limit limit = limit(window, max);
      List<Gateway> processes = new ArrayList<>();
      long number = 1;
      for (int i = 0; i <= seed % 3; i++) {
        processes.add(new Gateway(disk, clock, number++));
      }
      List<Taken> kept = new ArrayList<>();
      int admitted = 0;
      for (int step = 0; step < 600; step++) {
        int which = random.nextInt(processes.size());
        Gateway process = processes.get(which);
        switch (random.nextInt(24)) {
          case 0 -> {
            process.crash();
            processes.set(which, new Gateway(disk, clock, number++));
          }
          case 1 -> {
            process.stop();
            processes.set(which, new Gateway(disk, clock, number++));
          }
          case 2, 3, 4 -> clock.step(typical(window).dividedBy(25 + random.nextInt(300)));
          case 5, 6, 7 -> giveOneBack(kept, random);
          default -> {
            BigDecimal amount = amount(random, max);
            Optional<Reading> reading = take(process, limit, amount);
            if (reading.isPresent() && reading.get().admitted()) {
              admitted++;
              kept.add(
                  new Taken(
                      clock.instant(), amount, reading.get().ticket().orElseThrow(), process));
              assertThat(counted(window, kept, clock.instant()))
                  .as("%s, seed %s, step %s", window, seed, step)
                  .isLessThanOrEqualTo(max);
            }
          }
        }
        if (window instanceof Calendar) {
          assertThat(disk.byPlace().values())
              .as("%s, seed %s, step %s", window, seed, step)
              .allMatch(leased -> leased.compareTo(max) <= 0);
        }
      }
      processes.forEach(Gateway::stop);
      assertThat(admitted).as("%s, seed %s", window, seed).isGreaterThan(5);
    }
  }

  @ParameterizedTest
  @MethodSource("windowsAndMaxima")
  void afterACrashAtLeastWhatWasAdmittedCountsAndAtMostWhatWasLeased(
      Window window, BigDecimal max) {
    for (long seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      SetClock clock = new SetClock("2026-11-23T10:15:20Z");
      FakeDisk disk = new FakeDisk(random, 0);
      Limit limit = limit(window, max);
      BigDecimal used = BigDecimal.ZERO;
      BigDecimal mostLost = BigDecimal.ZERO;
      for (long number = 1; number <= 4; number++) {
        Gateway process = new Gateway(disk, clock, number);
        for (int i = random.nextInt(12); i > 0; i--) {
          if (process.counters.take(limit, BigDecimal.ONE).admitted()) {
            used = used.add(BigDecimal.ONE);
          }
        }
        process.crash();
        mostLost = mostLost.add(Lead.of(max, BigDecimal.ONE)).subtract(BigDecimal.ONE);
      }

      Gateway last = new Gateway(disk, clock, 9);
      BigDecimal remaining = last.counters.peek(limit, BigDecimal.ZERO).remaining();
      last.stop();
      assertThat(remaining)
          .as("%s, seed %s", window, seed)
          .isLessThanOrEqualTo(max.subtract(used))
          .isGreaterThanOrEqualTo(max.subtract(used).subtract(mostLost));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1H", "PT1H30M", "P7D"})
  void aCrashMakesWhatWasTakenCountLongerInARollingWindowButNeverShorter(Duration length) {
    for (long seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      SetClock clock = new SetClock("2026-11-23T10:15:20Z");
      FakeDisk disk = new FakeDisk(random, 0);
      // Some out of a lease that was taken earlier.
      Limit limit = limit(new Window.Rolling(length), seed % 2 == 0 ? "1" : "1000");
      Gateway first = new Gateway(disk, clock, 1);
      if (seed % 2 == 1) {
        first.counters.take(limit, BigDecimal.ONE).ticket().orElseThrow().giveBack();
        clock.step(length.dividedBy(400).multipliedBy(random.nextInt(12)));
      }
      clock.step(length.dividedBy(1_000).multipliedBy(random.nextInt(1_000)));
      BigDecimal most = limit.max();
      int half = most.intValue() - most.intValue() / 2;
      for (int i = 0; i < half; i++) {
        assertThat(first.counters.take(limit, BigDecimal.ONE).admitted()).isTrue();
      }
      first.crash();

      clock.step(length.minusMillis(1));
      Gateway second = new Gateway(disk, clock, 2);
      assertThat(
              second.counters.take(limit, BigDecimal.valueOf(most.intValue() / 2 + 1)).admitted())
          .as("seed %s, too early", seed)
          .isFalse();
      clock.step(length.dividedBy(60).plusMillis(2));
      assertThat(second.counters.take(limit, most).admitted())
          .as("seed %s, too late", seed)
          .isTrue();
      second.stop();
    }
  }

  @ParameterizedTest
  @MethodSource("windowsAndMaxima")
  void aCleanRestartLosesNothing(Window window, BigDecimal max) {
    SetClock clock = new SetClock("2026-11-23T10:15:20Z");
    FakeDisk disk = new FakeDisk(new Random(1), 0);
    Limit limit = limit(window, max);
    int admitted = 0;
    for (long number = 1; number < 1_000; number++) {
      Gateway process = new Gateway(disk, clock, number);
      int now = 0;
      for (int i = 0; i < 40; i++) {
        now += process.counters.take(limit, BigDecimal.ONE).admitted() ? 1 : 0;
      }
      process.stop();
      admitted += now;
      if (now == 0) {
        break;
      }
    }

    assertThat(admitted).isEqualTo(max.intValue());
  }

  @ParameterizedTest
  @MethodSource("windowsAndMaxima")
  void manyThreadsOfSeveralProcessesAdmitTheMaximumTogether(Window window, BigDecimal max)
      throws Exception {
    SetClock clock = new SetClock("2026-11-23T10:15:20Z");
    FakeDisk disk = new FakeDisk(new Random(1), 0);
    Limit limit = limit(window, max);
    List<Gateway> processes =
        List.of(
            new Gateway(disk, clock, 1), new Gateway(disk, clock, 2), new Gateway(disk, clock, 3));
    Queue<Reading> admitted = new ConcurrentLinkedQueue<>();

    Together.run(
        Thread.ofVirtual(),
        12,
        thread -> {
          for (int i = 0; i < 100; i++) {
            Reading reading = processes.get(thread % 3).counters.take(limit, BigDecimal.ONE);
            if (reading.admitted()) {
              admitted.add(reading);
            }
          }
        });

    // What another one has leased and does not need is missing here, and comes back when it stops.
    assertThat(admitted.size()).isLessThanOrEqualTo(max.intValue());
    processes.get(0).stop();
    processes.get(1).stop();
    clock.step(Duration.ofSeconds(2));
    while (processes.get(2).counters.take(limit, BigDecimal.ONE).admitted()) {
      admitted.add(new Reading(true, max, Duration.ZERO, Optional.empty()));
    }
    processes.get(2).stop();
    assertThat(admitted).hasSize(max.intValue());
  }

  private static void giveOneBack(List<Taken> kept, Random random) {
    if (!kept.isEmpty()) {
      Taken back = kept.get(random.nextInt(kept.size()));
      // What a process that is gone took stays taken.
      if (!back.by().seat.isDead()) {
        kept.remove(back);
        back.ticket().giveBack();
      }
    }
  }

  /** Empty if the disk failed. */
  private static Optional<Reading> take(Gateway process, Limit limit, BigDecimal amount) {
    try {
      return Optional.of(process.counters.take(limit, amount));
    } catch (StoreUnavailableException e) {
      return Optional.empty();
    }
  }

  private static BigDecimal amount(Random random, BigDecimal max) {
    return switch (random.nextInt(4)) {
      case 0 -> BigDecimal.ONE;
      case 1 -> max.multiply(new BigDecimal("0.001"));
      case 2 -> BigDecimal.valueOf(random.nextInt(40), 1);
      default -> max.multiply(BigDecimal.valueOf(random.nextInt(30), 2));
    };
  }

  /** What counts at a time, if every window is exact. */
  private static BigDecimal counted(Window window, List<Taken> kept, Instant now) {
    return kept.stream()
        .filter(taken ->
            window instanceof Window.Rolling rolling
                ? taken.at().isAfter(now.minus(rolling.length()))
                : name((Calendar) window, taken.at()).equals(name((Calendar) window, now)))
        .map(Taken::amount)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static String name(Calendar window, Instant time) {
    var utc = time.atZone(ZoneOffset.UTC);
    return switch (window) {
      case WEEK ->
          utc.get(IsoFields.WEEK_BASED_YEAR) + "W" + utc.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case MONTH -> utc.getYear() + "-" + utc.getMonth();
      case DAY -> utc.toLocalDate().toString();
      default -> utc.truncatedTo(ChronoUnit.HOURS).toString();
    };
  }

  private static Duration typical(Window window) {
    return switch (window) {
      case Window.Rolling rolling -> rolling.length();
      case Calendar.DAY -> Duration.ofDays(1);
      case Calendar.WEEK -> Duration.ofDays(7);
      case Calendar.MONTH -> Duration.ofDays(30);
      default -> Duration.ofHours(1);
    };
  }

  private static Limit limit(Window window, String max) {
    return limit(window, new BigDecimal(max));
  }

  private static Limit limit(Window window, BigDecimal max) {
    return new Limit(Optional.empty(), List.of("a"), "laptop", window, max);
  }
}
