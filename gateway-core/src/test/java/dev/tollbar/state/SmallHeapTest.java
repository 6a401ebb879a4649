package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.CountersFullException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Scope values without end, in a process that has little memory. */
class SmallHeapTest {

  @Test
  @Timeout(300)
  void aMillionScopeValuesOfFiftyGrantsDoNotExhaustASmallHeap() throws Exception {
    Process flood =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Flood.class.getName(),
                "1000000")
            .redirectErrorStream(true)
            .start();
    String output =
        new String(flood.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertThat(flood.waitFor()).as(output).isZero();
    assertThat(output).matches("(?s).*1000000 values, [0-9]+ of them denied, modest always served");
  }

  /** Opens counters as fast as it can, for grants that want all; and a few for a modest one. */
  static final class Flood {
    private Flood() {}

    public static void main(String[] args) {
      int values = Integer.parseInt(args[0]);
      SetClock clock = new SetClock("2026-11-23T10:15:20Z");
      Counters counters = new MemoryCounters(clock).counters("p", "/tools/pay/limits/0", false);
      int denied = 0;
      for (int i = 0; i < values; i++) {
        try {
          // As large as a value can be that is kept as it is, in a log that grows.
          Limit limit = limit("greedy" + i % 50, "\u4e2d".repeat(90) + i);
          for (int take = 0; take < 3; take++) {
            counters.take(limit, new BigDecimal("1.1"));
            clock.step(Duration.ofNanos(100_000));
          }
        } catch (CountersFullException e) {
          denied++;
        }
        if (i % 1_000 == 0) {
          counters.take(limit("modest", "customer " + i % 7_000), BigDecimal.ONE);
        }
      }
      System.out.println(values + " values, " + denied + " of them denied, modest always served");
    }

    private static Limit limit(String grant, String value) {
      return new Limit(
          Optional.empty(),
          List.of(value),
          grant,
          new Window.Rolling(Duration.ofHours(1)),
          new BigDecimal("1e9"));
    }
  }
}
