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
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is admitted in any interval, and what is given back, whatever happens. */
class WindowPropertiesTest {
  private static final Duration LENGTH = Duration.ofSeconds(90);
  private static final int THREADS = 8;
  private static final int TRIES = 1_500;

  private record Taken(Instant at, BigDecimal amount) {}

  static Stream<Window> windows() {
    return Stream.concat(Stream.of(Calendar.values()), Stream.of(new Window.Rolling(LENGTH)));
  }

  /** A clock that goes on at each look, so that no two takes are at one time. */
  private static final class RunningClock implements InstantSource {
    private final Instant start = Instant.parse("2026-12-30T23:59:20Z");
    private final AtomicLong steps = new AtomicLong();
    private final ThreadLocal<Instant> seen = ThreadLocal.withInitial(() -> start);
    private final Duration step;

    RunningClock(Duration step) {
      this.step = step;
    }

    @Override
    public Instant instant() {
      Instant now = start.plus(step.multipliedBy(steps.incrementAndGet()));
      seen.set(now);
      return now;
    }
  }

  @ParameterizedTest
  @MethodSource("windows")
  void noIntervalAdmitsMoreThanTheMaximumWhileTimeGoesOnUnderManyThreads(Window window)
      throws Exception {
    RunningClock clock = new RunningClock(typical(window).dividedBy(70));
    Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
    Limit limit = limit(window, "7.3");
    Queue<Taken> kept = new ConcurrentLinkedQueue<>();

    Together.run(
        Thread.ofPlatform(),
        THREADS,
        thread -> {
          Random random = new Random(thread);
          for (int i = 0; i < TRIES; i++) {
            BigDecimal amount = BigDecimal.valueOf(1 + random.nextInt(20), 1);
            Optional<Ticket> ticket = counters.take(limit, amount).ticket();
            Instant at = clock.seen.get();
            if (ticket.isPresent() && random.nextInt(4) == 0) {
              ticket.get().giveBack();
            } else if (ticket.isPresent()) {
              kept.add(new Taken(at, amount));
            }
          }
        });

    List<Taken> inOrder = kept.stream().sorted(Comparator.comparing(Taken::at)).toList();
    assertThat(fullest(window, inOrder))
        .isLessThanOrEqualTo(limit.max())
        // And it is a limit that was met, many times.
        .isGreaterThan(new BigDecimal("6"));
  }

  @Test
  void neverMoreAreInFlightThanTheMaximum() throws Exception {
    RunningClock clock = new RunningClock(Duration.ofMillis(1));
    Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
    Limit limit = limit(new Window.InFlight(), "3");
    AtomicLong inFlight = new AtomicLong();
    AtomicLong most = new AtomicLong();

    Together.run(
        Thread.ofPlatform(),
        THREADS,
        thread -> {
          for (int i = 0; i < TRIES; i++) {
            Optional<Ticket> ticket = counters.take(limit, BigDecimal.ONE).ticket();
            if (ticket.isPresent()) {
              most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
              Thread.onSpinWait();
              inFlight.decrementAndGet();
              ticket.get().giveBack();
            }
          }
        });

    assertThat(most.get()).isBetween(1L, 3L);
    assertThat(counters.peek(limit, BigDecimal.ZERO).remaining()).isEqualByComparingTo("3");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aMergedLogAdmitsNoMoreThanTheMaximumAndAWindowLaterAllOfIt(long seed) {
    Random random = new Random(seed);
    SetClock clock = new SetClock("2026-11-23T10:15:20Z");
    // Of four entries, and of as many as may be.
    Counters counters =
        new CounterTable(clock, 100, seed % 2 == 0 ? 0 : 10_000).of("p", "/r", false);
    Limit limit = limit(new Window.Rolling(LENGTH), seed % 2 == 0 ? "20" : "2500");
    List<Taken> kept = new ArrayList<>();
    List<Map.Entry<Taken, Ticket>> open = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      clock.step(Duration.ofMillis(random.nextInt(60)));
      if (!open.isEmpty() && random.nextInt(6) == 0) {
        Map.Entry<Taken, Ticket> back = open.remove(random.nextInt(open.size()));
        kept.remove(back.getKey());
        back.getValue().giveBack();
      }
      BigDecimal amount = BigDecimal.valueOf(1 + random.nextInt(40), 1);
      Reading reading = counters.take(limit, amount);
      if (reading.ticket().isPresent()) {
        Taken taken = new Taken(clock.instant(), amount);
        kept.add(taken);
        open.add(Map.entry(taken, reading.ticket().get()));
        Instant begin = clock.instant().minus(LENGTH);
        kept.removeIf(old -> !old.at().isAfter(begin));
        assertThat(sum(kept)).as("seed %s, step %s", seed, i).isLessThanOrEqualTo(limit.max());
      }
    }
    assertThat(kept).isNotEmpty();
    clock.step(LENGTH);
    clock.step(Duration.ofMillis(1));
    assertThat(counters.peek(limit, BigDecimal.ZERO).remaining()).isEqualByComparingTo(limit.max());
  }

  @ParameterizedTest
  @MethodSource("windows")
  void whatIsLeftIsExactWhateverTheDigits(Window window) {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      SetClock clock = new SetClock("2026-11-23T10:15:20Z");
      Counters counters = new CounterTable(clock, 100, 10_000).of("p", "/r", false);
      Limit limit = limit(window, "1000000000000000000000000000000");
      BigDecimal used = BigDecimal.ZERO;
      List<Map.Entry<BigDecimal, Ticket>> open = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        if (!open.isEmpty() && random.nextInt(3) == 0) {
          Map.Entry<BigDecimal, Ticket> back = open.remove(random.nextInt(open.size()));
          back.getValue().giveBack();
          used = used.subtract(back.getKey());
        }
        BigDecimal amount = BigDecimal.valueOf(random.nextLong(1L << 60), random.nextInt(120) - 5);
        Reading reading = counters.take(limit, amount);
        used = used.add(amount);
        open.add(Map.entry(amount, reading.ticket().orElseThrow()));

        assertThat(reading.remaining())
            .as("seed %s, step %s", seed, i)
            .isEqualByComparingTo(limit.max().subtract(used));
      }
      open.forEach(entry -> entry.getValue().giveBack());
      assertThat(counters.peek(limit, BigDecimal.ZERO).remaining())
          .isEqualByComparingTo(limit.max());
    }
  }

  /** The most in one window of the calendar, or in any interval of a rolling window's length. */
  private static BigDecimal fullest(Window window, List<Taken> inOrder) {
    if (window instanceof Calendar calendar) {
      return inOrder.stream()
          .collect(
              Collectors.groupingBy(
                  taken -> name(calendar, taken.at()),
                  Collectors.reducing(BigDecimal.ZERO, Taken::amount, BigDecimal::add)))
          .values()
          .stream()
          .max(BigDecimal::compareTo)
          .orElseThrow();
    }
    BigDecimal most = BigDecimal.ZERO;
    BigDecimal within = BigDecimal.ZERO;
    int first = 0;
    for (Taken taken : inOrder) {
      within = within.add(taken.amount());
      while (!inOrder.get(first).at().isAfter(taken.at().minus(LENGTH))) {
        within = within.subtract(inOrder.get(first).amount());
        first++;
      }
      most = most.max(within);
    }
    return most;
  }

  private static BigDecimal sum(List<Taken> taken) {
    return taken.stream().map(Taken::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static String name(Calendar window, Instant time) {
    ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
    return switch (window) {
      case SECOND -> utc.truncatedTo(ChronoUnit.SECONDS).toString();
      case MINUTE -> utc.truncatedTo(ChronoUnit.MINUTES).toString();
      case HOUR -> utc.truncatedTo(ChronoUnit.HOURS).toString();
      case DAY -> utc.toLocalDate().toString();
      case WEEK ->
          utc.get(IsoFields.WEEK_BASED_YEAR) + "W" + utc.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case MONTH -> utc.getYear() + "-" + utc.getMonth();
    };
  }

  private static Duration typical(Window window) {
    return switch (window) {
      case Calendar.SECOND -> Duration.ofSeconds(1);
      case Calendar.MINUTE -> Duration.ofMinutes(1);
      case Calendar.HOUR -> Duration.ofHours(1);
      case Calendar.DAY -> Duration.ofDays(1);
      case Calendar.WEEK -> Duration.ofDays(7);
      case Calendar.MONTH -> Duration.ofDays(30);
      case Window.Rolling rolling -> rolling.length();
      case Window.InFlight _ -> Duration.ofSeconds(1);
    };
  }

  private static Limit limit(Window window, String max) {
    return new Limit(Optional.empty(), List.of("a"), "laptop", window, new BigDecimal(max));
  }
}
