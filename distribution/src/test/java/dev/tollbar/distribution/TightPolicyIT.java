package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
}
