package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of counters whatever happens; each failure names its seed. */
class CounterPropertiesTest {
  private static final Duration LENGTH = Duration.ofSeconds(10);

  private static final Ticket GIVEN =
      new Ticket() {
        @Override
        public String id() {
          return "given";
        }

        @Override
        public void giveBack() {}
      };

  private record Taken(Instant at, BigDecimal amount, Ticket ticket) {}

  static Stream<Window> windows() {
    return Stream.concat(
        Stream.of(Calendar.values()),
        Stream.of(
            new Window.Rolling(LENGTH),
            new Window.Rolling(Duration.ofMillis(1)),
            new Window.InFlight()));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void admitsExactlyTheMaximumAtOneInstantUnderManyThreads(Window window) throws Exception {
    SetClock clock = new SetClock("2026-11-23T10:15:20Z");
    Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
    Limit limit = limit(window, "60");
    Queue<Reading> admitted = new ConcurrentLinkedQueue<>();

    Together.run(
        Thread.ofVirtual(),
        16,
        thread -> {
          for (int i = 0; i < 50; i++) {
            Reading reading = counters.take(limit, BigDecimal.ONE);
            if (reading.admitted()) {
              admitted.add(reading);
            }
          }
        });

    assertThat(admitted).hasSize(60);
    assertThat(admitted.stream().map(Reading::remaining).distinct()).hasSize(60);
  }

  @ParameterizedTest
  @MethodSource("windows")
  void takingAndGivingBackByManyThreadsLeavesWhatWasKept(Window window) throws Exception {
    SetClock clock = new SetClock("2026-11-23T10:15:20Z");
    Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
    Limit limit = limit(window, "5.0");
    Queue<BigDecimal> kept = new ConcurrentLinkedQueue<>();

    Together.run(
        Thread.ofVirtual(),
        8,
        thread -> {
          Random random = new Random(thread);
          for (int i = 0; i < 200; i++) {
            BigDecimal amount = BigDecimal.valueOf(random.nextInt(30), 1);
            Optional<Ticket> ticket = counters.take(limit, amount).ticket();
            if (ticket.isPresent() && random.nextInt(10) > 0) {
              ticket.get().giveBack();
              ticket.get().giveBack();
            } else if (ticket.isPresent()) {
              kept.add(amount);
            }
          }
        });

    BigDecimal used = kept.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(used).isLessThanOrEqualTo(limit.max());
    assertThat(counters.peek(limit, BigDecimal.ZERO).remaining())
        .isEqualByComparingTo(limit.max().subtract(used));
  }

  @Test
  void aMovingClockAndManyThreadsNeverOverfillARollingWindow() throws Exception {
    SetClock clock = new SetClock("2026-11-23T10:15:20Z");
    Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
    Limit limit = limit(new Window.Rolling(Duration.ofMillis(50)), "7");
    Queue<Instant> before = new ConcurrentLinkedQueue<>();

    Together.run(
        Thread.ofVirtual(),
        8,
        thread -> {
          for (int i = 0; i < 200; i++) {
            synchronized (clock) {
              clock.step(Duration.ofMillis(1));
              if (counters.take(limit, BigDecimal.ONE).admitted()) {
                before.add(clock.instant());
              }
            }
          }
        });

    List<Taken> taken = before.stream().map(at -> new Taken(at, BigDecimal.ONE, GIVEN)).toList();
    assertThat(fullest(taken, Duration.ofMillis(50))).isEqualByComparingTo("7");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aRollingWindowAdmitsWhateverFitsAndNothingElse(long seed) {
    Random random = new Random(seed);
    SetClock clock = new SetClock("2026-11-23T10:15:20Z");
    Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
    Limit limit = limit(new Window.Rolling(LENGTH), "3.7");
    List<Taken> taken = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      clock.step(Duration.ofMillis(random.nextInt(2_500)));
      if (!taken.isEmpty() && random.nextInt(5) == 0) {
        taken.remove(random.nextInt(taken.size())).ticket().giveBack();
      }
      Instant now = clock.instant();
      BigDecimal amount = BigDecimal.valueOf(random.nextInt(21), 1);
      BigDecimal used = sum(taken, now.minus(LENGTH));
      Reading reading = counters.take(limit, amount);

      assertThat(reading.admitted())
          .as("seed %s, step %s", seed, i)
          .isEqualTo(used.add(amount).compareTo(limit.max()) <= 0);
      if (reading.admitted()) {
        taken.add(new Taken(now, amount, reading.ticket().orElseThrow()));
      } else {
        Instant retry = now.plus(reading.retryAfter());
        assertThat(sum(taken, retry.minus(LENGTH)).add(amount)).isLessThanOrEqualTo(limit.max());
        assertThat(sum(taken, retry.minus(LENGTH).minusNanos(1)).add(amount))
            .isGreaterThan(limit.max());
      }
    }
    assertThat(fullest(taken, LENGTH)).isLessThanOrEqualTo(limit.max());
  }

  @ParameterizedTest
  @EnumSource(Calendar.class)
  void aCalendarWindowAdmitsWhateverFitsAndNothingElse(Calendar window) {
    for (long seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      SetClock clock = new SetClock("2026-11-23T10:15:20Z");
      Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
      Limit limit = limit(window, "3.7");
      List<Taken> taken = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        clock.step(typical(window).multipliedBy(random.nextInt(60)).dividedBy(100));
        if (!taken.isEmpty() && random.nextInt(5) == 0) {
          taken.remove(random.nextInt(taken.size())).ticket().giveBack();
        }
        Instant now = clock.instant();
        BigDecimal amount = BigDecimal.valueOf(random.nextInt(21), 1);
        BigDecimal used =
            taken.stream()
                .filter(t -> t.at().isAfter(now.minus(typical(window).multipliedBy(2))))
                .filter(t -> name(window, t.at()).equals(name(window, now)))
                .map(Taken::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        Reading reading = counters.take(limit, amount);

        assertThat(reading.admitted())
            .as("seed %s, step %s", seed, i)
            .isEqualTo(used.add(amount).compareTo(limit.max()) <= 0);
        reading.ticket().ifPresent(ticket -> taken.add(new Taken(now, amount, ticket)));
      }
    }
  }

  @Test
  void aLogBeyondItsBoundForgetsNothingTooEarly() {
    SetClock clock = new SetClock("2026-11-23T10:00:00Z");
    Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
    int takes = 2 * RollingLedger.MAX_ENTRIES;
    Limit limit = limit(new Window.Rolling(Duration.ofHours(1)), String.valueOf(takes));
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < takes; i++) {
      tickets.add(counters.take(limit, BigDecimal.ONE).ticket().orElseThrow());
      clock.step(Duration.ofMillis(10));
    }
    assertThat(counters.take(limit, BigDecimal.ONE).admitted()).isFalse();

    Random random = new Random(11);
    int given = 0;
    for (Ticket ticket : tickets) {
      if (random.nextBoolean()) {
        ticket.giveBack();
        given++;
      }
    }
    assertThat(counters.peek(limit, BigDecimal.ZERO).remaining())
        .isEqualByComparingTo(String.valueOf(given));
    clock.set("2026-11-23T11:00:00Z");
    assertThat(counters.peek(limit, BigDecimal.ZERO).remaining())
        .isLessThanOrEqualTo(BigDecimal.valueOf(given + 1));
    clock.step(Duration.ofHours(2));
    assertThat(counters.peek(limit, BigDecimal.ZERO).remaining())
        .isEqualByComparingTo(String.valueOf(takes));
  }

  /** The most in any interval of the length; one that begins with a take is among the fullest. */
  private static BigDecimal fullest(List<Taken> taken, Duration length) {
    return taken.stream()
        .map(first ->
            taken.stream()
                .filter(t -> !t.at().isBefore(first.at()))
                .filter(t -> t.at().isBefore(first.at().plus(length)))
                .map(Taken::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add))
        .max(BigDecimal::compareTo)
        .orElse(BigDecimal.ZERO);
  }

  private static BigDecimal sum(List<Taken> taken, Instant after) {
    return taken.stream()
        .filter(t -> t.at().isAfter(after))
        .map(Taken::amount)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static String name(Calendar window, Instant time) {
    ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
    return switch (window) {
      case SECOND -> utc.toString().substring(0, 10) + utc.toLocalTime().toSecondOfDay();
      case MINUTE -> utc.truncatedTo(ChronoUnit.MINUTES).toString();
      case HOUR -> utc.toLocalDate() + " " + utc.getHour();
      case DAY -> utc.toLocalDate().toString();
      case WEEK ->
          utc.get(IsoFields.WEEK_BASED_YEAR) + "W" + utc.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case MONTH -> utc.getYear() + "-" + utc.getMonth();
    };
  }

  private static Duration typical(Calendar window) {
    return switch (window) {
      case SECOND -> Duration.ofSeconds(1);
      case MINUTE -> Duration.ofMinutes(1);
      case HOUR -> Duration.ofHours(1);
      case DAY -> Duration.ofDays(1);
      case WEEK -> Duration.ofDays(7);
      case MONTH -> Duration.ofDays(30);
    };
  }

  private static Limit limit(Window window, String max) {
    return new Limit(Optional.empty(), List.of("a"), "laptop", window, new BigDecimal(max));
  }
}
