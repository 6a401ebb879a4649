package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.StoredRevision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code tollbar history}, without a gateway. */
class HistoryCommandTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  private static final String ID = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;
  private Path file;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws Exception {
    file = Files.writeString(folder.resolve("gateway.yaml"), "the document\n");
    Files.writeString(folder.resolve("rule.js"), "the script\n");
  }

  private void comesIntoForce() {
    try (EmbeddedState state = EmbeddedState.open(folder.resolve("data"), () -> NOON)) {
      state
          .revisions()
          .comesIntoForce(
              new StoredRevision(
                  ID,
                  file.toString(),
                  "the document\n",
                  new TreeMap<>(Map.of("rule.js", "the script\n"))),
              PluginSet.of(List.of()),
              NOON,
              true);
    }
  }

  private void run() throws Exception {
    Files.createDirectories(folder.resolve("data"));
    CommandLine program = Main.program();
    program.setOut(new PrintWriter(out, true));
    program.setErr(new PrintWriter(err, true));
    assertThat(Main.run(program, "history", "--data", folder.resolve("data").toString())).isZero();
  }

  @Test
  void saysThatThereIsNone() throws Exception {
    run();

    assertThat(out).hasToString("");
    assertThat(err)
        .hasToString(
            "tollbar: no revision is kept in "
                + folder.resolve("data")
                + ". Name another one with --data.\n");
  }

  @Test
  void listsWhatCameIntoForceAndNothingElseWhileTheFilesAreAsTheyWereThen() throws Exception {
    Files.createDirectories(folder.resolve("data"));
    comesIntoForce();

    run();

    assertThat(out).hasToString("2026-11-26T12:00:00Z  0123456789ab  started  " + file + "\n");
    assertThat(err).hasToString("");
  }

  @Test
  void saysWhichFilesWereSavedAndAreNotInForce() throws Exception {
    Files.createDirectories(folder.resolve("data"));
    comesIntoForce();
    Files.writeString(file, "a broken document\n");
    Files.delete(folder.resolve("rule.js"));

    run();

    assertThat(err)
        .hasToString(
            "tollbar: not as in the newest revision, and not in force: gateway.yaml, rule.js. See:"
                + " tollbar check "
                + file
                + "\n");
  }
}
