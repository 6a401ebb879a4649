package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the guide to a tight policy; what its steps decide is tested by their cases. */
@ExtendWith(Fixtures.class)
class TightPolicyIT {
  private static final Path STEPS = Path.of("..", "scripts-examples", "tight-policy");

  @TempDir private Path work;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void everyStepIsWithoutAFinding(int step, Archive archive)
      throws IOException, InterruptedException {
    String file = STEPS.resolve("step-" + step + ".yaml").toString();

    assertThat(archive.run("check", "--strict", file))
        .isEqualTo(new Finished(0, file + ": no problems\n", ""));
  }

  @Test
  void theLastStepFitsTheServer(Archive archive, NpmPackages npm)
      throws IOException, InterruptedException {
    List<String> server = npm.filesystem(work.toRealPath());
    Files.copy(STEPS.resolve("step-5.yaml"), work.resolve("step-5.yaml"));
    String command =
        server.stream().skip(1).map(word -> '"' + word + '"').collect(Collectors.joining(", "));
    String document =
        Files.readString(STEPS.resolve("step-6.yaml"))
            .replaceFirst("command: npx, args: \\[.*]", "command: node, args: [" + command + "]");
    assertThat(document).contains("command: node");
    String file = Files.writeString(work.resolve("step-6.yaml"), document).toString();

    Finished checked = archive.run("check", "--strict", "--server-tools", file);

    assertThat(checked.out()).isEqualTo(file + ": no problems\n");
    assertThat(checked.exitCode()).isZero();
  }

  @Test
  void explainSaysWhyAPathIsRefused(Archive archive) throws IOException, InterruptedException {
    Finished explained =
        archive.run(
            "explain",
            "--document",
            STEPS.resolve("step-3.yaml").toString(),
            "--tool",
            "read_text_file",
            "--args",
            "{\"path\":\"/srv/project/../secret\"}",
            "--data",
            work.resolve("data").toString());

    assertThat(explained.exitCode()).isZero();
    assertThat(explained.out()).contains("deny (rule) by inside-project");
  }

  @Test
  void itsCasesPassAndSeeEveryRuleDecide(Archive archive) throws IOException, InterruptedException {
    Finished tested = archive.run("test", "--strict", STEPS.resolve("step-5.test.yaml").toString());

    assertThat(tested.exitCode()).as(tested.out()).isZero();
    assertThat(tested.out()).endsWith("5 cases, none failed; 6 of 6 rules decided something\n");
  }

  @Test
  void whatWasWatchedIsDecidedAgainByALaterStep(Archive archive, NpmPackages npm)
      throws IOException, InterruptedException {
    Path notes = Files.writeString(work.toRealPath().resolve("notes.txt"), "Buy milk.");
    List<String> arguments =
        new ArrayList<>(
            List.of("--policy", STEPS.resolve("step-1.yaml").toString(), "--name", "files", "--"));
    arguments.addAll(npm.filesystem(work.toRealPath()));
    try (RunningGateway gateway = RunningGateway.serve(archive, work, arguments);
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      client.call("read_text_file", Map.of("path", notes.toString()));
      client.call("list_allowed_directories", Map.of());
    }

    Finished replayed =
        archive.run(
            "replay",
            "--document",
            STEPS.resolve("step-3.yaml").toString(),
            "--data",
            work.resolve("data").toString());

    assertThat(replayed.exitCode()).isZero();
    assertThat(replayed.out())
        .contains("decided otherwise: 2 calls\n")
        .contains(
            """
            permit → deny  read_text_file on files: 1 call by local
                now by inside-project: Only files under /srv/project.
            """)
        .contains(
            """
            permit → deny  list_allowed_directories on files: 1 call by local
                now by (hidden): This tool is not available.
            """);
  }
}
