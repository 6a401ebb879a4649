package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AdminCommandTest {
  @TempDir Path data;

  private record Said(int exitCode, String out, String err) {}

  private Said run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.program();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--data";
    all[words.length + 1] = data.toString();
    int exitCode = Main.run(line, all);
    return new Said(exitCode, out.toString(), err.toString());
  }

  @Test
  void makesTokensAndListsAndRevokesThem() {
    assertThat(run("admin", "token", "list"))
        .isEqualTo(
            new Said(
                0,
                "",
                "tollbar: there is no admin token. Make one with: tollbar admin token create NAME"
                    + " --role ROLE\n"));
    Said made = run("admin", "token", "create", "ann", "--role", "policy_manager");

    assertThat(made.exitCode()).isZero();
    assertThat(made.out()).matches("tba_[0-9a-f]{8}_[\\w-]{43}\n");
    assertThat(run("admin", "token", "list").out()).isEqualTo("ann  policy_manager  valid\n");
    assertThat(run("admin", "token", "revoke", "ann").exitCode()).isZero();
    assertThat(run("admin", "token", "list").out()).startsWith("ann  policy_manager  revoked 2");
  }

  @Test
  void saysWhatItExpectedAndFound() {
    run("admin", "token", "create", "ann", "--role", "viewer");

    assertThat(run("admin", "token", "create", "ann", "--role", "admin"))
        .isEqualTo(new Said(2, "", "tollbar: there is an admin token \"ann\" already.\n"));
    assertThat(run("admin", "token", "create", "bob", "--role", "boss"))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: --role: expected viewer, approver, policy_manager, admin; found"
                    + " \"boss\".\n"));
    assertThat(run("admin", "token", "create", "b b", "--role", "admin"))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: expected a name of letters, digits, dots, dashes, underscores and @, 64"
                    + " at most; found \"b b\".\n"));
    assertThat(run("admin", "token", "create", "bob", "--role", "admin", "--expires", "soon"))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: --expires: expected a time such as 90d, 12h or 30m; found \"soon\".\n"));
    assertThat(run("admin", "token", "revoke", "bob"))
        .isEqualTo(new Said(2, "", "tollbar: there is no valid admin token \"bob\".\n"));
  }
}
