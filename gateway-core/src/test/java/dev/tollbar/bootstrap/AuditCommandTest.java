package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionRecord;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AuditCommandTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  @TempDir Path data;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void saysWhatItHasCheckedAndThatThereIsNoFault() throws Exception {
    record();

    int exitCode = run("audit", "verify", data.toString());

    assertThat(out.toString().replaceAll("[0-9a-f]{64}", "CHAIN"))
        .isEqualTo(
            """
            decisions.jsonl: 3 lines, 1 to 3
            1 file, 3 lines, from 2026-11-26T12:00:00Z to 2026-11-26T12:00:02Z
            newest line: 3:CHAIN
            no faults
            """);
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isZero();
  }

  @Test
  void saysWhereAFaultIs() throws Exception {
    record();
    List<String> lines = Files.readAllLines(file());
    Files.writeString(
        file(), lines.get(0) + "\n" + lines.get(1).replace("\"permit\"", "\"deny\"") + "\n");

    int exitCode = run("audit", "verify", "--data", data.toString());

    assertThat(out.toString().replaceAll("[0-9a-f]{64}", "CHAIN"))
        .isEqualTo(
            """
            FAULT  decisions.jsonl:2: is not as it was written, or does not follow the line before it
            FAULT  decisions.jsonl: line 3 of the log is missing at the end
            decisions.jsonl: 2 lines, 1 to 2
            1 file, 2 lines, from 2026-11-26T12:00:00Z to 2026-11-26T12:00:01Z
            newest line: 2:CHAIN
            2 faults
            """);
    assertThat(exitCode).isEqualTo(1);
  }

  @Test
  void showsAHundredFaultsAtMost() throws Exception {
    Files.writeString(data.resolve("chain.key"), "k".repeat(32));
    Path junk = data.resolve("junk.jsonl");
    Files.writeString(junk, "{}\n".repeat(150));

    assertThat(run("audit", "verify", junk.toString())).isEqualTo(1);

    assertThat(out.toString().lines().filter(line -> line.startsWith("FAULT"))).hasSize(101);
    assertThat(out.toString())
        .contains("FAULT  … and 50 more\njunk.jsonl: 150 lines\n1 file, 150 lines\n150 faults\n");
  }

  @Test
  void saysWhatItNeeds() throws Exception {
    assertThat(run("audit", "verify", data.toString())).isEqualTo(2);
    Files.writeString(file(), "{}\n");
    assertThat(run("audit", "verify", data.toString())).isEqualTo(2);
    Files.writeString(data.resolve("chain.key"), "short");
    assertThat(run("audit", "verify", data.toString())).isEqualTo(2);
    assertThat(run("audit", "verify", "--anchor", "12", data.toString())).isEqualTo(2);
    assertThat(run("audit", "verify", data.resolve("none").toString())).isEqualTo(2);
    assertThat(run("audit")).isEqualTo(2);

    assertThat(err.toString().replace(data.toString(), "DATA"))
        .isEqualTo(
            """
            tollbar: there are no decision records in DATA
            tollbar: the chain cannot be checked without its key, and there is no file DATA/chain.key. Name it with --key.
            tollbar: DATA/chain.key: expected a key of 32 bytes; found 5 bytes
            tollbar: --anchor: expected a line and its chain, such as 1234:9f86…, as an earlier check has printed them; found "12".
            tollbar: there is no file or folder DATA/none.
            tollbar: a command is missing: verify or show
            See: tollbar audit --help
            """);
  }

  @Test
  void showsRecordsThatFit() throws Exception {
    record();

    assertThat(run("audit", "show", "--decision", "deny", data.toString())).isZero();
    assertThat(run("audit", "show", "--last", "1", "--grant", "laptop", data.toString())).isZero();
    assertThat(run("audit", "show", "--since", "2026-11-26T13:00:00Z", data.toString())).isZero();

    assertThat(out)
        .hasToString(
            """
            2026-11-26T12:00:02Z  deny (limit)  laptop  tickets  pay  /tools/pay/limits/0  Too many.
            2026-11-26T12:00:02Z  deny (limit)  laptop  tickets  pay  /tools/pay/limits/0  Too many.
            """);
    assertThat(err).hasToString("tollbar: there is no decision record that fits.\n");
  }

  @Test
  void saysThatThereIsNothingToShow() {
    assertThat(run("audit", "show", data.toString())).isZero();
    assertThat(run("audit", "show", "--operators", "--data", data.toString())).isZero();

    assertThat(out.toString()).isEmpty();
    assertThat(err)
        .hasToString(
            """
            tollbar: there is no decision record.
            tollbar: there is no action of an operator.
            """);
  }

  @Test
  void printsWholeRecordsAndSaysWhichLinesAreNone() throws Exception {
    record();
    Files.writeString(file(), "oops\n" + Files.readAllLines(file()).getFirst() + "\n");

    assertThat(run("audit", "show", "--json", data.toString())).isZero();

    assertThat(out.toString()).startsWith("{\"seq\":1,").endsWith("\"}\n");
    assertThat(err)
        .hasToString("tollbar: decisions.jsonl:1: expected a decision record; found no JSON\n");
  }

  @Test
  void saysWhichFilterItDoesNotUnderstand() {
    assertThat(run("audit", "show", "--decision", "maybe", data.toString())).isEqualTo(2);
    assertThat(run("audit", "show", "--since", "noon", data.toString())).isEqualTo(2);
    assertThat(run("audit", "show", "--last", "0", data.toString())).isEqualTo(2);

    assertThat(err)
        .hasToString(
            """
            tollbar: --decision: expected permit or deny; found "maybe".
            tollbar: --since: expected a time such as 2026-11-26T10:00:00Z; found "noon".
            tollbar: --last: expected a number above 0; found 0
            See: tollbar audit show --help
            """);
  }

  private void record() throws Exception {
    try (DecisionLog log = DecisionLog.open(data, DecisionLog.Settings.defaults())) {
      log.append(DecisionRecord.at(NOON).grant("desk").method("tools/list").permit().build());
      log.append(DecisionRecord.at(NOON.plusSeconds(1)).tool("read").permit().build());
      log.append(
          DecisionRecord.at(NOON.plusSeconds(2))
              .grant("laptop")
              .server("tickets")
              .tool("pay")
              .deny("limit", "/tools/pay/limits/0", "Too many.")
              .build());
    }
  }

  private Path file() {
    return data.resolve("decisions.jsonl");
  }

  private int run(String... args) {
    CommandLine program = Main.program();
    program.setOut(new PrintWriter(out, true));
    program.setErr(new PrintWriter(err, true));
    return Main.run(program, args);
  }
}
