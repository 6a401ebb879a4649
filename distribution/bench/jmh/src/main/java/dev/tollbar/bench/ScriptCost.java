package dev.tollbar.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.tollbar.api.Verdict;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of {@link ScriptBenchmark} by what they take of processors, in this process and its
 * children: of use where a busy machine makes times by the clock worthless.
 */
public final class ScriptCost {
  private static final int ROUNDS = 3;

  private ScriptCost() {}

  /** Prints a line for every round. */
  public static void main(String[] arguments) throws InterruptedException {
    for (String isolation : List.of("thread", "process")) {
      for (int payload : List.of(300, 10_000)) {
        for (int callers : List.of(1, 64)) {
          ScriptBenchmark benchmark = new ScriptBenchmark();
          benchmark.isolation = isolation;
          benchmark.payload = payload;
          benchmark.load();
          for (int round = 0; round < ROUNDS; round++) {
            System.out.printf("%s, %d characters, %d callers: ", isolation, payload, callers);
            measure(benchmark, callers, isolation.equals("thread") ? 100_000 : 20_000);
          }
          benchmark.close();
        }
      }
    }
    System.exit(0); // worker processes are still there
  }

  private static void measure(ScriptBenchmark benchmark, int callers, int calls)
      throws InterruptedException {
    Map<String, Integer> others = new ConcurrentHashMap<>();
    int each = calls / callers;
    long cpu = cpuNanos();
    long start = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              for (int call = 0; call < each; call++) {
                if (benchmark.call() instanceof Verdict.Deny denial) {
                  others.merge(denial.reason(), 1, Integer::sum);
                }
              }
            } catch (InterruptedException e) {
              others.merge("interrupted", 1, Integer::sum);
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double made = (double) each * callers;
    System.out.printf(
        "%.1f us of a processor a call, %.0f calls/s, not permitted: %s%n",
        (cpuNanos() - cpu) / 1e3 / made,
        made * 1e9 / (System.nanoTime() - start),
        new TreeMap<>(others));
  }

  private static long cpuNanos() {
    long children =
        ProcessHandle.current()
            .children()
            .mapToLong(child -> child.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
            .sum();
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        + children;
  }
}
