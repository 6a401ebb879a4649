package dev.tollbar.transport.stdio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StdioConfigTest {
  private static final Map<String, String> GATEWAY =
      Map.of("PATH", "/usr/bin:/bin", "HOME", "/home/me", "SECRET", "x");

  @TempDir @org.jspecify.annotations.Nullable Path folder;

  @Test
  void namesAProgramThatIsNotOnThePath() {
    assertThatThrownBy(() -> launch("npxx", Optional.empty()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "command: expected a program on this machine; found \"npxx\", which is not on the path");
  }

  @Test
  void namesAFileThatIsNotThereOrNoProgramAndAFolderThatIsNone() throws Exception {
    Files.createFile(folder().resolve("notes.txt"));
    assertThatThrownBy(() -> launch("./server", Optional.of("work")))
        .hasMessage(
            """
            cwd: expected a folder on this machine; found "work", which is none
            command: expected a program on this machine; found "./server", which is not there\
            """);
    assertThatThrownBy(() -> launch("./notes.txt", Optional.empty()))
        .hasMessage(
            "command: expected a program on this machine; found \"./notes.txt\", which cannot be"
                + " executed");
  }

  @Test
  void runsInTheFolderOfTheDocumentWithAnEnvironmentOfItsOwn() throws Exception {
    Files.createDirectory(folder().resolve("work"));
    Launch launch = launch("sh", Optional.of("work"));
    assertThat(launch.folder()).isEqualTo(folder().resolve("work"));
    assertThat(launch.environment())
        .containsOnly(
            Map.entry("PATH", "/usr/bin:/bin"),
            Map.entry("HOME", "/home/me"),
            Map.entry("KEY", "k"));
    assertThat(launch.command()).endsWith("-x").anyMatch(part -> part.endsWith("/sh"));
    assertThat(launch("sh", Optional.empty()).folder()).isEqualTo(folder());
  }

  @Test
  void reportsAllProblemsAtOnceAndNoSecret() {
    assertThatThrownBy(() ->
            new StdioConfig(
                " ",
                List.of("a", "b\0"),
                Map.of("A=B", new Secret("x"), "KEY", new Secret("s3cret\0")),
                Optional.empty(),
                0,
                Duration.ZERO,
                10,
                Duration.ofHours(1)))
        .hasMessage(
            """
            command: expected a program on this machine; found " "
            args/1: expected text without NUL; found "b\\u0000"
            env: expected names of environment variables such as "API_KEY"; found "A=B"
            env/KEY: expected text without NUL; found a value with one
            max_processes: expected a whole number from 1 to 10000; found 0
            idle_timeout: expected a duration from "1ms" to "365d"; found 0 ms
            max_line_bytes: expected a whole number from 1024 to 1073741824; found 10
            stop_timeout: expected a duration from "1ms" to "60s"; found 3600000 ms\
            """);
  }

  private Launch launch(String command, Optional<String> cwd) {
    StdioConfig config =
        new StdioConfig(
            command,
            List.of("-x"),
            Map.of("KEY", new Secret("k")),
            cwd,
            1,
            Duration.ofMinutes(1),
            100_000,
            Duration.ofSeconds(1));
    return Launch.of(config, folder(), GATEWAY);
  }

  private Path folder() {
    return java.util.Objects.requireNonNull(folder);
  }
}
