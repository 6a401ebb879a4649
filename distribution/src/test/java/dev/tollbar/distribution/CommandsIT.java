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
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands that do not serve. */
@ExtendWith(Fixtures.class)
class CommandsIT {

  private static final List<String> COMMANDS =
      List.of(
          "",
          "serve",
          "stdio",
          "check",
          "convert",
          "explain",
          "test",
          "replay",
          "shadow",
          "shadow report",
          "history",
          "show",
          "diff",
          "rollback",
          "grant",
          "grant new",
          "grant list",
          "grant revoke",
          "admin",
          "admin token",
          "admin token create",
          "admin token list",
          "admin token revoke",
          "approvals",
          "approvals list",
          "approvals show",
          "approvals approve",
          "approvals deny",
          "approvals watch",
          "approvals dead",
          "approvals redeliver",
          "approvals dismiss",
          "audit",
          "audit verify",
          "audit show",
          "state",
          "state info",
          "state backup",
          "state restore",
          "state prune",
          "plugins",
          "plugins list",
          "plugins verify",
          "plugins lock",
          "plugin",
          "plugin new",
          "schema",
          "start-cache",
          "demo",
          "version");

  /** What a command lists of its own. */
  private static final Pattern BELOW = Pattern.compile("(?m)^  ([a-z][a-z-]*)(?: .*)?$");

  static List<String> commands() {
    return COMMANDS;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void explainsItself(String command, Archive archive) throws IOException, InterruptedException {
    Finished help = archive.run((command + " --help").strip().split(" "));

    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("-h, --help");
    assertThat(help.out().replaceAll("\\s+", " ")).contains(("tollbar " + command).strip());
    String below = help.out().substring(Math.max(0, help.out().indexOf("\nCommands:\n")));
    if (below.startsWith("\nCommands:\n")) {
      assertThat(COMMANDS)
          .containsAll(
              BELOW
                  .matcher(below)
                  .results()
                  .map(name -> (command + " " + name.group(1)).strip())
                  .toList());
    }
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
