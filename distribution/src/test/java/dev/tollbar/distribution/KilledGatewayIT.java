package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway is killed at random points while agents call, people approve, and operators save
 * documents and make grants. After each kill another one starts, and whatever was acknowledged
 * holds. {@code -Dtollbar.gateway.kills=300} kills it more often.
 */
@ExtendWith(Fixtures.class)
class KilledGatewayIT {
  private static final int KILLS = Integer.getInteger("tollbar.gateway.kills", 3);

  /** Between them only what needs no further process is checked. */
  private static final int BETWEEN_FULL_CHECKS = 10;

  /** Of the history the newest thousand are kept, also of what nobody has seen. */
  private static final int STILL_KEPT = 500;

  private static final int MOST_ANSWERS = 700;
  private static final Duration LONGEST_LIFE = Duration.ofSeconds(20);
  private static final int CALLERS = 2;
  private static final int FEW = 60;

  @TempDir private Path work;

  /** How far the log was read: it only grows. */
  private long read;

  private final Set<Integer> recorded = new HashSet<>();
  private final Map<Integer, String> revisions = new HashMap<>();
  private final Map<Integer, Integer> remaining = new HashMap<>();

  /** The window in which each counter was first looked at. */
  private final Map<String, String> windows = new HashMap<>();

  private int torn;

  @Test
  void nothingThatWasAcknowledgedIsLost(Archive archive) throws Exception {
    Random random = new Random(20_261_126);
    Files.writeString(work.resolve("ops.key"), "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==");
    try (CountingServer server = new CountingServer();
        KillLoad load = new KillLoad(archive, work, document(server))) {
      List<String> arguments = List.of("--document", load.file().toString());
      for (int kill = 1; kill <= KILLS; kill++) {
        try (RunningGateway gateway = RunningGateway.serve(archive, work, arguments)) {
          if (kill > 1) {
            check(gateway, load, server, kill - 1);
          }
          if (kill % BETWEEN_FULL_CHECKS == 0) {
            checkAll(archive, load);
          }
          int life = load.answered.size() + 10 + random.nextInt(MOST_ANSWERS);
          Thread killer = Thread.ofPlatform().start(() -> killAfter(life, load, gateway));
          load.round(kill, gateway);
          killer.join();
        }
      }
      try (RunningGateway gateway = RunningGateway.serve(archive, work, arguments)) {
        check(gateway, load, server, KILLS);
        checkAll(archive, load);
        assertThat(Eventually.get(load::untold, java.util.Optional::isEmpty)).isEmpty();
      }
      System.out.println(figures(load, server));
      assertThat(load.used.get()).isPositive();
      assertThat(load.grants).isNotEmpty();
    }
  }

  private static String document(CountingServer server) throws Exception {
    return Resources.text("killed.yaml")
        .replace("SERVER", server.url())
        .replace("TOKEN", KillLoad.tokenDigest());
  }

  /** By answers, not by time: on a slow machine it has to have worked, too. */
  private static void killAfter(int answers, KillLoad load, RunningGateway gateway) {
    long end = System.nanoTime() + LONGEST_LIFE.toNanos();
    while (load.answered.size() < answers && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(100_000);
    }
    try {
      gateway.kill();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void check(RunningGateway gateway, KillLoad load, CountingServer server, int kills)
      throws Exception {
    String counter = KillLoad.counter(kills / KillLoad.ROUNDS_OF_MANY);
    for (String tool : List.of("hourly", "daily")) {
      String window = KillLoad.window(tool, counter, Instant.now());
      int least = load.admitted.getOrDefault(window, 0);
      int id = load.look(gateway, tool, counter);
      readRecords();
      if (!KillLoad.window(tool, counter, Instant.now()).equals(window)) {
        continue; // another window has begun
      }
      int used = max(tool) - remaining.getOrDefault(id, max(tool));
      assertThat(used).as("%s after %s kills", tool, kills).isGreaterThan(least);
      if (windows.computeIfAbsent(tool + counter, _ -> window).equals(window)) {
        // What reached the server, what was leased, and what was on its way to it.
        int most =
            server.calls(tool, counter) + KillLoad.ROUNDS_OF_MANY * (max(tool) / 100 + CALLERS);
        assertThat(used).as("%s after %s kills", tool, kills).isLessThanOrEqualTo(most);
      }
    }
    assertThat(recorded).containsAll(load.answered);
    server
        .calls()
        .forEach((call, times) -> {
          if (call.startsWith("few")) {
            assertThat(times).as(call).isLessThanOrEqualTo(FEW);
            assertThat(times).as(call).isGreaterThanOrEqualTo(load.admitted.getOrDefault(call, 0));
          }
          if (call.startsWith("ask")) {
            String argument = call.replaceAll(".*:\"|\".*", "");
            assertThat(times)
                .as("%s, approved: %s", call, load.approvals.get(argument))
                .isLessThanOrEqualTo(load.approvals.getOrDefault(argument, Set.of()).size());
          }
        });
  }

  /** As the document has it. */
  private static int max(String tool) {
    return tool.equals("hourly") ? 200_000 : 1_000_000;
  }

  /** What the command line says, whether a gateway runs or not. */
  private void checkAll(Archive archive, KillLoad load) throws Exception {
    readRecords();
    Finished state = run(archive, "state", "info");
    assertThat(state.out()).contains("integrity   sound\n");
    assertThat(state.exitCode()).isZero();
    Finished audit = run(archive, "audit", "verify");
    assertThat(audit.exitCode()).as(audit.out()).isZero();

    Map<String, String> standing = new HashMap<>();
    for (JsonNode approval :
        Wire.JSON.readTree(run(archive, "approvals", "list", "--all", "--format", "json").out())) {
      standing.put(approval.path("id").asText(), approval.path("status").asText());
    }
    assertThat(standing).containsKeys(load.asked.toArray(String[]::new));
    assertThat(load.approved)
        .allSatisfy(id -> assertThat(standing.get(id)).as(id).isIn("approved", "used"));
    long used = standing.values().stream().filter("used"::equals).count();
    assertThat(used).isGreaterThanOrEqualTo(load.used.get());

    List<String> granted =
        run(archive, "grant", "list").out().lines().map(line -> line.split(" ", 2)[0]).toList();
    assertThat(granted).containsAll(load.grants);
    String history = run(archive, "history", "--limit", "1000").out();
    int newest = load.editions.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
    load.editions.forEach((edition, call) -> {
      if (edition > newest - STILL_KEPT) {
        assertThat(history).as("edition %s", edition).contains(revisions.get(call));
      }
    });
  }

  private Finished run(Archive archive, String... words) throws Exception {
    String[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--data";
    all[words.length + 1] = work.resolve("data").toString();
    return archive.run(all);
  }

  /** The records that came since the last time. */
  private void readRecords() throws IOException {
    try (RandomAccessFile log =
        new RandomAccessFile(work.resolve("data/decisions.jsonl").toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(log.length() - read)];
      log.seek(read);
      log.readFully(bytes);
      int end = bytes.length;
      while (end > 0 && bytes[end - 1] != '\n') {
        end--;
      }
      read += end;
      new String(bytes, 0, end, StandardCharsets.UTF_8).lines().forEach(this::record);
    }
  }

  private void record(String line) {
    try {
      JsonNode record = Wire.JSON.readTree(line);
      torn += record.path("event").asText().equals("torn") ? 1 : 0;
      int id = record.path("request_id").asInt();
      if (record.path("method").asText().equals("tools/call")) {
        recorded.add(id);
        remaining.put(id, record.at("/limits/0/remaining").asInt());
      }
      if (record.path("tool").asText().equals("edition")) {
        revisions.put(id, record.path("revision").asText().substring(0, 12));
      }
    } catch (IOException e) {
      throw new IllegalStateException(line, e);
    }
  }

  private String figures(KillLoad load, CountingServer server) {
    return KILLS
        + " kills of the gateway: "
        + load.answered.size()
        + " calls answered, "
        + server.calls().values().stream().mapToInt(Integer::intValue).sum()
        + " forwarded, "
        + recorded.size()
        + " recorded, "
        + torn
        + " lines torn; approvals: "
        + load.asked.size()
        + " asked, "
        + load.told.size()
        + " told, "
        + load.approved.size()
        + " approved, "
        + load.used.get()
        + " used; "
        + load.editions.size()
        + " editions of the document, "
        + load.grants.size()
        + " grants";
  }
}
