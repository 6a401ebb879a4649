package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.RecordSchema;
import dev.tollbar.state.Approval;
import dev.tollbar.state.EmbeddedState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What commands do on a data folder is in the chain of its records. */
class CommandTrailTest {
  private static final String USER = System.getProperty("user.name");

  @TempDir Path folder;
  private Path data;

  private record Said(int exitCode, String out, String err) {}

  @BeforeEach
  void make() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
  }

  @AfterEach
  void theChainHolds() throws IOException {
    Said verified = run("audit", "verify");

    assertThat(verified.out()).endsWith("\nno faults\n");
    RecordSchema.checkFolder(data);
  }

  private Said run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.program();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--data", data.toString()));
    int exitCode = Main.run(line, all.toArray(String[]::new));
    return new Said(exitCode, out.toString(), err.toString());
  }

  /** What operators did, without the times. */
  private String trail() {
    return run("audit", "show", "--operators")
        .out()
        .replaceAll("(?m)^\\S+  ", "")
        .replace(USER + " (command)", "USER (command)")
        .replace(folder.toString(), "FOLDER");
  }

  private void ask(String id) {
    Instant now = Clock.systemUTC().instant();
    try (EmbeddedState state = EmbeddedState.open(data, Clock.systemUTC())) {
      state
          .approvals()
          .open(
              new Approval(
                  id,
                  "binding of " + id,
                  "laptop",
                  "files",
                  "write_file",
                  "{}",
                  "/tools/write_file/approval",
                  "It writes.",
                  Optional.empty(),
                  "a".repeat(64),
                  1,
                  now,
                  now.plusSeconds(600),
                  List.of(),
                  Optional.empty()),
              now);
    }
  }

  @Test
  void hasWhatWasDoneAndWhatWasRefused() {
    run("grant", "new", "laptop", "--server", "files=open", "--label", "team=a");
    run("grant", "new", "laptop");
    run("grant", "revoke", "laptop");
    run("grant", "revoke", "nobody");
    run("admin", "token", "create", "ann", "--role", "viewer");
    run("admin", "token", "create", "ann", "--role", "admin");
    run("admin", "token", "revoke", "ann");
    ask("ap_1");
    run("approvals", "deny", "ap_1", "--by", "bob", "--comment", "No.");
    run("approvals", "approve", "ap_1");
    run("approvals", "approve", "ap_2");
    run("approvals", "redeliver", "ap_1");
    run("approvals", "dismiss");
    run("state", "prune");
    run("state", "backup", folder.resolve("copy.db").toString());
    run("state", "restore", folder.resolve("copy.db").toString());

    assertThat(trail())
        .isEqualTo(
            """
            done  USER (command)  grant  laptop  {"servers":{"files":"open"},"labels":{"team":"a"}}
            refused  USER (command)  grant  laptop  there is a grant "laptop" already.
            done  USER (command)  revoke  laptop
            refused  USER (command)  revoke  nobody  there is no valid grant "nobody".
            done  USER (command)  admin_token  ann  {"role":"viewer"}
            refused  USER (command)  admin_token  ann  there is an admin token "ann" already.
            done  USER (command)  revoke_admin_token  ann
            done  USER (command)  decide  ap_1  {"decision":"deny","by":"bob","comment":"No."}
            refused  USER (command)  decide  ap_1  approval ap_1 is denied already.
            refused  USER (command)  decide  ap_2  there is no approval "ap_2".
            refused  USER (command)  redeliver  ap_1  no message about approval "ap_1" was given up; tollbar approvals dead lists them.
            done  USER (command)  dismiss
            done  USER (command)  prune  {"keep_revisions":1000}
            done  USER (command)  restore  FOLDER/copy.db
            """);
  }

  @Test
  void hasThatPluginsWereLocked() throws IOException {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    run("plugins", "lock", "--plugins", plugins.toString());
    run("plugins", "lock", "--require", "signed", "--plugins", plugins.toString());
    Files.createDirectory(plugins.resolve("plugins.lock.new"));
    run("plugins", "lock", "--plugins", plugins.toString());

    assertThat(trail())
        .isEqualTo(
            """
            done  USER (command)  plugins_lock  FOLDER/plugins/plugins.lock  {"plugins":0,"require":"listed"}
            done  USER (command)  plugins_lock  FOLDER/plugins/plugins.lock  {"plugins":0,"require":"signed"}
            failed  USER (command)  plugins_lock  FOLDER/plugins/plugins.lock  FOLDER/plugins/plugins.lock cannot be written.
            """);
  }

  @Test
  void hasWhenATokenExpires() {
    run("admin", "token", "create", "ann", "--role", "viewer", "--expires", "1d");

    assertThat(trail())
        .matches(
            "done  USER \\(command\\)  admin_token  ann  "
                + "\\{\"role\":\"viewer\",\"expires\":\"20[^\"]+Z\"}\n");
  }

  @Test
  void whatFailsIsThereToo() throws IOException {
    run("grant", "new", "laptop");
    Files.writeString(data.resolve("tollbar.db"), "x".repeat(5_000));

    assertThat(run("grant", "revoke", "laptop").exitCode()).isEqualTo(1);

    assertThat(trail())
        .endsWith(
            "failed  USER (command)  revoke  laptop  FOLDER/data/tollbar.db is not a Tollbar store:"
                + " it is no SQLite file\n");
  }

  @Test
  @Timeout(60)
  void commandsAndAGatewayWriteOneChain() throws Exception {
    Process writer = other(Writer.class);
    try (BufferedReader says = writer.inputReader()) {
      assertThat(says.readLine()).isEqualTo("writes");
      for (int i = 0; i < 10; i++) {
        assertThat(run("grant", "new", "g" + i).exitCode()).isZero();
      }
      writer.getOutputStream().close();
      assertThat(writer.waitFor()).isZero();
    }

    assertThat(trail().lines().filter(line -> line.startsWith("done  "))).hasSize(10);
    assertThat(run("audit", "show", "--last", "1").out()).contains("  permit  ");
  }

  @Test
  @Timeout(60)
  void nothingIsDoneWhileAnotherProcessHoldsTheLog() throws Exception {
    run("grant", "new", "laptop");
    Process holder = other(Holder.class);
    try (BufferedReader says = holder.inputReader()) {
      assertThat(says.readLine()).isEqualTo("held");

      assertThat(run("grant", "revoke", "laptop"))
          .isEqualTo(
              new Said(
                  1,
                  "",
                  notRecorded("another process has held decisions.head for 5000 ms")
                      + " A gateway that runs does it for who has an admin token: --admin.\n"));
      holder.getOutputStream().close();
      assertThat(holder.waitFor()).isZero();
    }

    assertThat(run("grant", "list").out()).isEqualTo("laptop  valid  default=default\n");
  }

  @Test
  void whatCannotBeRecordedIsNotDone() throws IOException {
    run("grant", "new", "laptop");
    Path log = data.resolve("decisions.jsonl");
    Path kept = Files.move(log, data.resolve("kept"));
    Files.createDirectory(log);

    assertThat(run("admin", "token", "create", "ann", "--role", "admin"))
        .isEqualTo(
            new Said(
                1,
                "",
                notRecorded("Is a directory")
                    + " A gateway that runs does it for who has an admin token: --admin.\n"));
    assertThat(run("state", "prune").err()).isEqualTo(notRecorded("Is a directory") + "\n");
    assertThat(run("admin", "token", "list").out()).isEmpty();
    Files.delete(log);
    Files.move(kept, log);
  }

  private String notRecorded(String why) {
    return "tollbar: this cannot be recorded, so it is not done: decision records cannot be written to "
        + data.resolve("decisions.jsonl")
        + ": "
        + why
        + ".";
  }

  private Process other(Class<?> main) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            data.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Records as a gateway does, without a rest, until nobody listens. */
  static final class Writer {
    private Writer() {}

    private static void listen() {
      try {
        System.in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public static void main(String[] args) throws Exception {
      try (DecisionLog log = DecisionLog.open(Path.of(args[0]), DecisionLog.Settings.defaults())) {
        Thread listening = Thread.ofVirtual().start(Writer::listen);
        System.out.println("writes");
        while (listening.isAlive()) {
          try (DecisionLog.Slot slot = log.claim()) {
            slot.writeThrough(
                DecisionRecord.at(Clock.systemUTC().instant()).tool("t").permit().build());
          }
        }
      }
    }
  }

  /** Holds the lock of the log. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      Path head = Path.of(args[0]).resolve("decisions.head");
      try (RandomAccessFile file = new RandomAccessFile(head.toFile(), "rw");
          FileLock _ = file.getChannel().lock()) {
        System.out.println("held");
        System.in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }
}
