package dev.tollbar.bench;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.state.EmbeddedState;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * As {@link ReservationBenchmark}, of limits that outlive the process: most takes are covered by a
 * lease, and the first one of a counter waits for the disk.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DurableReservationBenchmark {

  @Param({"day", "rolling"})
  String window = "day";

  private Path folder = Path.of("unused");
  private EmbeddedState state = EmbeddedState.open(folder, InstantSource.system());
  private Counters counters = state.counters("p", "o", false);
  private Limit limit = limit("day", "g");
  private long number;

  /** A counter that admits whatever is asked for, with a lease. */
  @Setup
  public void open() throws IOException {
    folder = Files.createTempDirectory("tollbar-bench");
    state = EmbeddedState.open(folder, InstantSource.system());
    counters = state.counters("p", "o", false);
    limit = limit(window, "g");
    if (!counters.take(limit, BigDecimal.ONE).admitted()) {
      throw new IllegalStateException("a limit that nobody reaches is reached");
    }
  }

  /** Gives the leases back. */
  @TearDown
  public void close() throws IOException {
    state.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A look, as every call takes while it is decided. */
  @Benchmark
  public Reading look() {
    return counters.peek(limit, BigDecimal.ONE);
  }

  /** A reservation that is given back, as of a call that was not delivered. */
  @Benchmark
  public Reading takeAndGiveBack() {
    Reading reading = counters.take(limit, BigDecimal.ONE);
    reading.ticket().orElseThrow().giveBack();
    return reading;
  }

  /** A reservation that is kept, out of a lease. */
  @Benchmark
  public Reading take() {
    return counters.take(limit, BigDecimal.ONE);
  }

  /** The first reservation of a counter, which is on disk when it is answered. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public Reading firstTake() {
    return counters.take(limit(window, "g" + number++), BigDecimal.ONE);
  }

  private static Limit limit(String window, String grant) {
    return new Limit(
        Optional.empty(),
        List.of("server s", "grant " + grant),
        grant,
        window.equals("day") ? Window.Calendar.DAY : new Window.Rolling(Duration.ofDays(1)),
        new BigDecimal("1000000000000000"));
  }
}
