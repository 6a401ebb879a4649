package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.StoreUnavailableException;
import java.io.BufferedReader;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that works with four threads is killed at random points, again and again. After each
 * kill everything that it has acknowledged holds. {@code -Dtollbar.kills=300} kills it more often.
 */
class KilledAgainAndAgainTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final int KILLS = Integer.getInteger("tollbar.kills", 3);
  private static final int THREADS = 4;

  /** A limit of each kind, by the name that the worker prints. */
  private static final Map<String, Limit> LIMITS =
      new TreeMap<>(
          Map.of(
              "five", limit("five", Calendar.DAY, "5"),
              "month", limit("month", Calendar.MONTH, "100000"),
              "hour", limit("hour", Calendar.HOUR, "2000000"),
              "rolling", limit("rolling", new Window.Rolling(Duration.ofDays(1)), "100000")));

  @TempDir Path folder;

  private int refused;

  @Test
  void nothingThatWasAcknowledgedIsLost() throws Exception {
    Random random = new Random(20_261_126);
    Map<String, Integer> admitted = new HashMap<>();
    List<String> stored = new ArrayList<>();
    for (int kill = 1; kill <= KILLS; kill++) {
      int before = stored.size();
      for (String line : killed(kill, 20 + random.nextInt(3_000))) {
        if (LIMITS.containsKey(line)) {
          admitted.merge(line, 1, Integer::sum);
        } else {
          stored.add(line);
        }
      }
      check(kill, admitted, stored.subList(before, stored.size()));
    }
    check(KILLS, admitted, stored);
    System.out.println(
        KILLS
            + " kills, admitted "
            + new TreeMap<>(admitted)
            + ", stored "
            + stored.size()
            + ", refused "
            + refused);
  }

  /** What a worker has acknowledged when it was killed after some lines. */
  private List<String> killed(int number, int lines) throws Exception {
    Process worker =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                folder.toString(),
                String.valueOf(number))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader output = worker.inputReader()) {
      output
          .lines()
          .peek(line -> refused += line.startsWith("! ") ? 1 : 0)
          .filter(line -> line.startsWith("> ") && line.endsWith("."))
          .limit(lines)
          .forEach(acknowledged::add);
      worker.toHandle().destroyForcibly();
      output.lines().filter(line -> line.matches("> [^>]+[.]")).forEach(acknowledged::add);
    }
    assertThat(worker.waitFor()).isEqualTo(128 + 9);
    return acknowledged.stream().map(line -> line.substring(2, line.length() - 1)).toList();
  }

  private void check(int kills, Map<String, Integer> admitted, List<String> stored) {
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      LIMITS.forEach((name, limit) -> {
        BigDecimal used =
            limit
                .max()
                .subtract(
                    state.counters("p", name, false).peek(limit, BigDecimal.ZERO).remaining());
        BigDecimal least = BigDecimal.valueOf(admitted.getOrDefault(name, 0));
        // What was admitted and not printed any more, and what was leased.
        BigDecimal most =
            Lead.of(limit.max(), BigDecimal.ONE)
                .add(BigDecimal.valueOf(THREADS))
                .multiply(BigDecimal.valueOf(kills))
                .add(least)
                .min(limit.max());
        assertThat(used).as("%s after %s kills", name, kills).isBetween(least, most);
      });
      List<String> grants = state.grants().list().stream().map(StoredGrant::name).toList();
      for (String id : stored) {
        Approval approval = state.approvals().find(id).orElseThrow();
        assertThat(approval.status(NOW)).as(id).isEqualTo(Approval.Status.APPROVED);
      }
      // Of the history the newest are kept, also those that were not printed any more.
      for (String id :
          stored.subList(Math.max(0, stored.size() - Revisions.KEPT / 2), stored.size())) {
        assertThat(state.revisions().find(id)).as(id).isPresent();
      }
      assertThat(grants).containsAll(stored);
      for (Revisions.InForce entry : state.revisions().history()) {
        assertThat(entry.plugins()).contains(Samples.plugins(entry.revision()));
      }
    }
  }

  private static Limit limit(String name, Window window, String max) {
    return new Limit(Optional.empty(), List.of(name), "laptop", window, new BigDecimal(max));
  }

  /** Takes and stores without end, and prints what it was told. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) throws Exception {
      try (EmbeddedState state = EmbeddedState.open(Path.of(args[0]), () -> NOW)) {
        Together.run(
            Thread.ofPlatform(),
            THREADS,
            thread -> {
              for (int i = 0; ; i++) {
                work(state, "id-%s-%s-%s".formatted(args[1], thread, i), i % 50 == 0);
              }
            });
      }
    }

    /** What is refused is not acknowledged. */
    private static void work(EmbeddedState state, String id, boolean stores) {
      try {
        for (Map.Entry<String, Limit> limit : LIMITS.entrySet()) {
          if (state
              .counters("p", limit.getKey(), false)
              .take(limit.getValue(), BigDecimal.ONE)
              .admitted()) {
            System.out.println("> " + limit.getKey() + ".");
          }
        }
        if (stores) {
          store(state, id);
        }
      } catch (StoreUnavailableException e) {
        System.out.println("! " + e.getMessage());
      }
    }

    private static void store(EmbeddedState state, String id) {
      state.approvals().open(Samples.question(id, NOW), NOW);
      state.approvals().decide(id, Samples.approves("ann", NOW));
      state.grants().add(Samples.grant(id, NOW));
      state
          .revisions()
          .comesIntoForce(
              new StoredRevision(id, "/" + id, id, new TreeMap<>()),
              Samples.plugins(id),
              NOW,
              false);
      System.out.println("> " + id + ".");
    }
  }
}
