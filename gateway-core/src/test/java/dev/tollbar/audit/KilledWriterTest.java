package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share a log and are killed have lost no record that they answered for. */
class KilledWriterTest {
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void everythingAnsweredIsInAChainThatHolds() throws Exception {
    List<String> answered = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      Process one = worker("a" + round);
      Process other = worker("b" + round);
      answered.addAll(killedAfter(one, 300));
      answered.addAll(killedAfter(other, 300));
    }

    try (DecisionLog log = DecisionLog.open(folder, DecisionLog.Settings.defaults())) {
      log.append(DecisionRecord.at(NOW).tool("after").permit().build());
    }
    Set<String> recorded = new HashSet<>();
    try (DecisionReader reader = DecisionReader.open(folder)) {
      for (Optional<DecisionReader.Entry> entry = reader.next();
          entry.isPresent();
          entry = reader.next()) {
        recorded.add(entry.get().text("tool").orElseThrow());
      }
    }
    assertThat(recorded).containsAll(answered).contains("after");
    List<String> faults = new ArrayList<>();
    new ChainCheck(
            folder.resolve("chain.key"),
            Optional.empty(),
            finding -> {
              if (finding.fault()) {
                faults.add(finding.text());
              }
            },
            _ -> {})
        .folder(folder);
    assertThat(faults).isEmpty();
  }

  private Process worker(String name) throws Exception {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            folder.toString(),
            name)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static List<String> killedAfter(Process worker, int lines) throws Exception {
    List<String> answered = new ArrayList<>();
    try (BufferedReader output = worker.inputReader()) {
      output.lines().filter(line -> line.startsWith("id-")).limit(lines).forEach(answered::add);
      worker.toHandle().destroyForcibly();
      output.lines().filter(line -> line.matches("id-[a-z0-9]+-[0-9]+[.]")).forEach(answered::add);
    }
    assertThat(worker.waitFor()).isEqualTo(128 + 9);
    return answered;
  }

  /** Records without end, and prints what is recorded. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) throws Exception {
      DecisionLog log = DecisionLog.open(Path.of(args[0]), DecisionLog.Settings.defaults());
      for (int i = 0; ; i++) {
        String id = "id-" + args[1] + "-" + i + ".";
        try (DecisionLog.Slot slot = log.claim()) {
          slot.writeThrough(DecisionRecord.at(NOW).tool(id).permit().build());
        }
        System.out.println(id);
      }
    }
  }
}
