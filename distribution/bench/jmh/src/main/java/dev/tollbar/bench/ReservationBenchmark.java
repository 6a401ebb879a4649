package dev.tollbar.bench;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.state.EmbeddedState;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** What a limit costs a call: a look at its counter, and a reservation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ReservationBenchmark {

  @Param({"minute", "rolling", "concurrency"})
  String window = "minute";

  private Counters counters = unopened();
  private Limit limit = limit("minute");

  /** A counter that admits whatever is asked for. */
  @Setup
  public void open() {
    counters =
        EmbeddedState.open(Path.of("unused"), InstantSource.system()).counters("p", "o", false);
    limit = limit(window);
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

  /** A reservation that is kept, as of a call that was answered. */
  @Benchmark
  public Reading take() {
    return counters.take(limit, BigDecimal.ONE);
  }

  private static Counters unopened() {
    return EmbeddedState.open(Path.of("unused"), InstantSource.system()).counters("p", "o", false);
  }

  private static Limit limit(String window) {
    return new Limit(
        Optional.empty(),
        List.of("server s", "grant g"),
        switch (window) {
          case "minute" -> Window.Calendar.MINUTE;
          case "rolling" -> new Window.Rolling(Duration.ofMinutes(1));
          default -> new Window.InFlight();
        },
        new BigDecimal("1e30"));
  }
}
