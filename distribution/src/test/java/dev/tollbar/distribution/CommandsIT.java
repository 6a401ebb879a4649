package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that do not serve. */
@ExtendWith(Fixtures.class)
class CommandsIT {
  /** All others explain themselves in a test of their own, without a process for each. */
  @ParameterizedTest
  @ValueSource(strings = {"", "serve", "approvals list"})
  void explainsItself(String command, Archive archive) throws IOException, InterruptedException {
    Finished help = archive.run((command + " --help").strip().split(" "));

    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("-h, --help");
    assertThat(help.out().replaceAll("\\s+", " ")).contains(("tollbar " + command).strip());
  }

  @Test
  void checksEveryPolicyAndDocumentOfTheArchive(Archive archive)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("check"));
    StringBuilder expected = new StringBuilder();
    for (String name : archive.files("policies")) {
      if (name.matches(".*(?<!\\.scenario)(?<!\\.test)\\.(json|yaml)")) {
        String file = archive.home().resolve("policies").resolve(name).toString();
        words.add(file);
        expected.append(file).append(": no problems\n");
      }
    }
    String document = archive.home().resolve("conf/gateway.yaml").toString();
    words.add(document);
    expected.append(document).append(": no problems\n");
    ProcessBuilder program = archive.command(words.toArray(String[]::new));
    program.environment().put("TICKETS_AUTH", "Bearer x");

    Finished checked = Finished.run(program);

    assertThat(checked.exitCode()).isZero();
    assertThat(checked.err()).isEmpty();
    assertThat(checked.out().lines().filter(line -> !line.startsWith("  finding: ")))
        .containsExactlyElementsOf(expected.toString().lines().toList());
  }

  @Test
  void findingsAreFaultsOnlyWhereThatIsAskedFor(Archive archive)
      throws IOException, InterruptedException {
    String file = archive.home().resolve("policies/seed.json").toString();
    String said =
        file
            + """
            : no problems
              finding: 12:26 /tools/get-sum/deny_if/0/conditions/0: a call that leaves out args.a is not denied by this rule; add a "require" that it exists [deny-if-bypass]
            """;

    assertThat(archive.run("check", file)).isEqualTo(new Finished(0, said, ""));
    assertThat(archive.run("check", "--strict", file)).isEqualTo(new Finished(3, said, ""));
  }

  @Test
  void printsASchemaThatTakesTheExamplesAndRefusesAMistake(Archive archive, @TempDir Path work)
      throws IOException, InterruptedException {
    Finished printed = archive.run("schema");
    assertThat(printed.exitCode()).isZero();
    assertThat(printed.err()).isEmpty();
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(printed.out());

    for (String name : archive.files("policies")) {
      if (name.matches(".*(?<!\\.scenario)(?<!\\.test)\\.(json|yaml)")) {
        String text = Files.readString(archive.home().resolve("policies").resolve(name));
        InputFormat format = name.endsWith(".json") ? InputFormat.JSON : InputFormat.YAML;
        assertThat(schema.validate(text, format)).as(name).isEmpty();
      }
    }
    assertThat(
            schema.validate(
                Files.readString(archive.home().resolve("conf/gateway.yaml")), InputFormat.YAML))
        .isEmpty();
    assertThat(
            schema.validate(
                "{\"version\":\"2\",\"policies\":{\"p\":{\"default\":\"deny\",\"tools\":{\"t\":{\"rate_limt\":{}}}}}}",
                InputFormat.JSON))
        .isNotEmpty();
  }

  @Test
  void tellsItsVersions(Archive archive) throws IOException, InterruptedException {
    assertThat(archive.run("version").out())
        .matches("tollbar \\S+, plugin API \\d+\\.\\d+\\.\\d+, Java \\S+\n")
        .startsWith("tollbar " + Archive.version() + ",");
  }
}
