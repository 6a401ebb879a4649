package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.plugins.PluginMessages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code tollbar plugins} where something is wrong; in an empty folder of plugins. */
final class PluginsCommandTest {
  @TempDir private Path plugins;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of("plugins"));
    all.addAll(List.of(words));
    all.addAll(List.of("--plugins", plugins.toString()));
    CommandLine program = Main.program();
    program.setErr(new PrintWriter(err, true));
    program.setOut(new PrintWriter(out));
    int exitCode = Main.run(program, all.toArray(String[]::new));
    String said = err.toString();
    assertThat(said.isEmpty() || PluginMessages.hasOfLock(said)).as(said).isTrue();
    return exitCode;
  }

  @Test
  void saysWhatMayBeRequired() throws IOException {
    assertThat(run("lock", "--require", "some")).isEqualTo(Main.BAD_INPUT);
    assertThat(err)
        .hasToString("tollbar: --require: expected listed, signed or any; found \"some\".\n");
  }

  @Test
  void saysThatALockCannotBeWritten() throws IOException {
    Files.createDirectory(plugins.resolve("plugins.lock.new"));

    assertThat(run("lock")).isEqualTo(Main.FAILED);
    assertThat(err)
        .hasToString("tollbar: " + plugins.resolve("plugins.lock") + " cannot be written.\n");
  }

  @Test
  void saysWhereThereIsNoLock() throws IOException {
    assertThat(run("verify")).isEqualTo(Main.FAILED);
    assertThat(err)
        .hasToString(
            "tollbar: there is no plugins.lock in "
                + plugins
                + ". Write one with: tollbar plugins lock\n");
  }

  @Test
  void aLockThatListsNothingIsOne() throws IOException {
    Files.writeString(plugins.resolve("plugins.lock"), "{\"require\": \"listed\"}");

    assertThat(run("verify")).isEqualTo(Main.DONE);
    assertThat(out).hasToString("0 jars, as plugins.lock says\n");
  }
}
