package dev.tollbar.bench;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.state.EmbeddedState;
import java.lang.ref.Reference;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** What active counters take of the heap, each. A program of its own, as JMH measures time. */
public final class CounterMemory {
  private CounterMemory() {}

  /** Prints one line a kind of counter. */
  public static void main(String[] args) {
    measure("minute, 1 call", 50_000, 1, Window.Calendar.MINUTE, "1");
    measure("minute, amounts", 50_000, 3, Window.Calendar.MINUTE, "19.99");
    measure("concurrency", 50_000, 1, new Window.InFlight(), "1");
    Window rolling = new Window.Rolling(Duration.ofMinutes(30));
    measure("rolling, 1 call", 50_000, 1, rolling, "1");
    measure("rolling, 100 calls", 5_000, 100, rolling, "1");
    measure("rolling, 100 amounts", 5_000, 100, rolling, "19.99");
    measure("rolling, 10,000 calls", 500, 10_000, rolling, "1");
  }

  private static void measure(String name, int many, int takes, Window window, String amount) {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    EmbeddedState state = EmbeddedState.open(Path.of("unused"), now::get);
    Counters counters = state.counters("policy", "/tools/pay/limits/0", false);
    try {
      long before = usedHeap();
      for (int take = 0; take < takes; take++) {
        for (int i = 0; i < many; i++) {
          counters.take(limit(window, i), amount(amount));
        }
        now.updateAndGet(time -> time.plusMillis(2));
      }
      System.out.printf("%-24s %6d bytes a counter%n", name, (usedHeap() - before) / many);
    } finally {
      Reference.reachabilityFence(state);
      Reference.reachabilityFence(counters);
    }
  }

  private static Limit limit(Window window, int customer) {
    return new Limit(
        Optional.empty(),
        List.of("server tickets", "grant laptop", "\"args.customer\" \"c-" + customer + "\""),
        "laptop",
        window,
        new BigDecimal("1e12"));
  }

  /** As limits count: calls by one number, amounts by one of each call's own. */
  private static BigDecimal amount(String text) {
    return text.equals("1") ? BigDecimal.ONE : new BigDecimal(text);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
