package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.StoredGrant;
import dev.tollbar.state.StoredPlugin;
import dev.tollbar.state.StoredRevision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code tollbar state}, {@code history} and {@code show} say about what is stored. */
class StateCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

  @TempDir Path folder;
  private Path data;

  private record Said(int exitCode, String out, String err) {}

  @BeforeEach
  void name() {
    data = folder.resolve("data");
  }

  private Said run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--data", data.toString()));
    return runAsItIs(all);
  }

  private static Said runAsItIs(List<String> words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.program();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int exitCode = Main.run(line, words.toArray(String[]::new));
    return new Said(exitCode, out.toString(), err.toString());
  }

  private Path file() {
    return data.resolve("tollbar.db");
  }

  /** A grant, and a document that ran with three sets of plugins. */
  private void fill() {
    try (EmbeddedState state = EmbeddedState.open(data, () -> NOW)) {
      state
          .grants()
          .add(
              new StoredGrant(
                  "laptop",
                  "0".repeat(64),
                  Map.of("files", "open"),
                  Map.of(),
                  NOW,
                  Optional.empty(),
                  Optional.empty()));
      inForce(state, "aaaa", "1.0", 0);
      inForce(state, "aaaa", "1.1", 1);
      inForce(state, "bbbb", "1.1", 2);
      inForce(state, "aaaa", "1.2", 3);
    }
  }

  private static void inForce(EmbeddedState state, String id, String version, int seconds) {
    state
        .revisions()
        .comesIntoForce(
            new StoredRevision(id.repeat(16), "/etc/gateway.yaml", id, new TreeMap<>()),
            PluginSet.of(List.of(new StoredPlugin("phone", version, "c0de".repeat(16)))),
            NOW.plusSeconds(seconds),
            seconds == 0);
  }

  @Test
  void thereIsNothingBeforeSomethingIsStored() {
    String nothing = "tollbar: nothing is stored yet: there is no file " + file() + ".\n";

    assertThat(run("state", "info")).isEqualTo(new Said(2, "", nothing));
    assertThat(run("state", "backup", folder.resolve("copy").toString()))
        .isEqualTo(new Said(2, "", nothing));
    assertThat(run("state", "prune")).isEqualTo(new Said(2, "", nothing));
    assertThat(data).doesNotExist();
  }

  @Test
  void infoSaysWhatThereIs() throws Exception {
    fill();
    long bytes = Files.size(file());

    assertThat(run("state", "info"))
        .isEqualTo(
            new Said(
                0,
                """
                file        %s
                size        %d bytes
                schema      8
                grants      1
                approvals   0
                revisions   2, came into force 4 times, with 3 sets of plugins
                counters    0
                gateway     not running
                integrity   sound
                """
                    .formatted(file(), bytes),
                ""));
    JsonNode json = JsonMapper.builder().build().readTree(run("state", "info", "--json").out());
    assertThat(json)
        .hasToString(
            ("{'file':'%s','bytes':%d,'log_bytes':0,'schema':8,'newest_schema':8,'grants':1,"
                    + "'revoked_grants':0,'approvals':0,'open_approvals':0,'revisions':2,"
                    + "'times_in_force':4,'plugin_sets':3,'counters':0,'counters_over':0,"
                    + "'gateway_running':false,'faults':[]}")
                .formatted(file(), bytes)
                .replace('\'', '"'));
  }

  @Test
  void infoSaysWhatIsDamaged() throws Exception {
    fill();
    byte[] bytes = Files.readAllBytes(file());
    java.util.Arrays.fill(bytes, 100, bytes.length, (byte) 0xa5);
    Files.write(file(), bytes);

    assertThat(run("state", "info"))
        .isEqualTo(new Said(1, "", "tollbar: " + file() + " is damaged\n"));
  }

  @Test
  void savesRestoresAndPrunes() throws Exception {
    fill();
    Path copy = folder.resolve("copy.db");

    assertThat(run("state", "backup", copy.toString()))
        .isEqualTo(new Said(0, "tollbar: saved " + file() + " as " + copy + "\n", ""));
    assertThat(run("state", "backup", copy.toString()))
        .isEqualTo(new Said(2, "", "tollbar: " + copy + " exists; name a file that does not.\n"));
    assertThat(run("state", "backup", folder.resolve("no/copy.db").toString()))
        .isEqualTo(
            new Said(
                1,
                "",
                "tollbar: %s cannot be written: there is no %s\n"
                    .formatted(folder.resolve("no/copy.db"), folder.resolve("no/copy.db.part"))));
    assertThat(run("state", "prune", "--keep-revisions", "1"))
        .isEqualTo(new Said(0, "tollbar: dropped 0 approvals, 0 counters and 1 revision\n", ""));
    assertThat(run("state", "prune", "--keep-revisions", "0"))
        .isEqualTo(
            new Said(
                2,
                "",
                """
                tollbar: --keep-revisions: expected a number above 0; found 0
                See: tollbar state prune --help
                """));
    assertThat(run("state", "restore", copy.toString()))
        .isEqualTo(
            new Said(
                0,
                """
                tollbar: what was there is now %s.before-restore
                tollbar: restored %s from %s
                """
                    .formatted(file(), file(), copy),
                ""));
    assertThat(run("state", "info").out()).contains("came into force 4 times");
    assertThat(run("state", "restore", folder.resolve("gone").toString()))
        .isEqualTo(new Said(2, "", "tollbar: there is no file " + folder.resolve("gone") + ".\n"));
    Path text = Files.writeString(folder.resolve("text"), "x".repeat(5_000));
    assertThat(run("state", "restore", text.toString()))
        .isEqualTo(
            new Said(
                1, "", "tollbar: " + text + " is not a Tollbar store: it is no SQLite file\n"));
  }

  @Test
  void restoresNothingWhileAGatewayRuns() throws Exception {
    fill();
    Path copy = folder.resolve("copy.db");
    run("state", "backup", copy.toString());
    byte[] before = Files.readAllBytes(file());

    try (GatewayLock _ = GatewayLock.share(data)) {
      assertThat(run("state", "info").out()).contains("gateway     running\n");
      assertThat(run("state", "restore", copy.toString()))
          .isEqualTo(
              new Said(
                  1,
                  "",
                  "tollbar: a gateway runs on " + data + "; stop it first, then restore.\n"));
    }
    assertThat(run("state", "info").out()).contains("gateway     not running\n");
    assertThat(file()).hasBinaryContent(before);
  }

  @Test
  void aCommandIsMissing() {
    assertThat(runAsItIs(List.of("state")))
        .isEqualTo(
            new Said(
                2,
                "",
                """
                tollbar: a command is missing: info, backup, restore or prune
                See: tollbar state --help
                """));
  }

  @Test
  void theHistorySaysWhatBecameDifferentOfThePlugins() {
    fill();

    assertThat(run("history").out())
        .isEqualTo(
            """
            2026-11-26T10:00:03Z  aaaaaaaaaaaa  back     /etc/gateway.yaml
                ~ phone 1.1 -> 1.2
            2026-11-26T10:00:02Z  bbbbbbbbbbbb  changed  /etc/gateway.yaml
            2026-11-26T10:00:01Z  aaaaaaaaaaaa  plugins  /etc/gateway.yaml
                ~ phone 1.0 -> 1.1
            2026-11-26T10:00:00Z  aaaaaaaaaaaa  started  /etc/gateway.yaml
            """);
    assertThat(run("show", "--ran-with", "bbbb").out())
        .isEqualTo("phone  1.1  " + "c0de".repeat(16) + "\n");
    assertThat(run("show", "--ran-with").out())
        .isEqualTo("phone  1.2  " + "c0de".repeat(16) + "\n");
  }
}
