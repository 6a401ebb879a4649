package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed in the midst of its work has lost nothing that it acknowledged. */
class KilledProcessTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path folder;

  @Test
  @Timeout(60)
  void everythingAcknowledgedIsThereAfterAKill() throws Exception {
    Process worker =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader output = worker.inputReader()) {
      // Other lines are the logger's.
      output.lines().filter(line -> line.startsWith("id-")).limit(40).forEach(acknowledged::add);
      worker.toHandle().destroyForcibly();
      // What was printed before the kill is acknowledged too, except a line cut short.
      output.lines().filter(line -> line.matches("id-[0-9]+[.]")).forEach(acknowledged::add);
    }
    assertThat(worker.waitFor()).isEqualTo(128 + 9);

    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      assertThat(acknowledged).allMatch(id -> state.approvals().find(id).isPresent());
      assertThat(acknowledged)
          .allMatch(id -> state.approvals().find(id).orElseThrow().used().isPresent());
      assertThat(state.grants().list()).extracting(StoredGrant::name).containsAll(acknowledged);
      assertThat(state.grants().version()).isGreaterThanOrEqualTo(acknowledged.size());
    }
  }

  /** Stores without end, and prints what is stored. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) {
      try (EmbeddedState state = EmbeddedState.open(Path.of(args[0]), () -> NOW)) {
        for (int i = 0; ; i++) {
          String id = "id-" + i + ".";
          state.approvals().open(Samples.question(id, NOW), NOW);
          state.approvals().decide(id, Samples.approves("ann", NOW));
          state.approvals().use(id, NOW);
          state.grants().add(Samples.grant(id, NOW));
          System.out.println(id);
        }
      }
    }
  }
}
