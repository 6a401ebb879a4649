package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollbar check}, with real servers behind the document. */
@ExtendWith(Fixtures.class)
class CheckIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path work;

  private String data() {
    return work.resolve("data").toString();
  }

  private static String words(List<String> command) {
    return command.stream().map(word -> '"' + word + '"').collect(Collectors.joining(", "));
  }

  private Path document(NpmPackages npm) throws IOException {
    List<String> files = npm.filesystem(work.toRealPath());
    List<String> everything = npm.everything();
    return Files.writeString(
        work.resolve("gateway.yaml"),
        """
        version: "2"
        servers:
          files: { transport: { stdio: { command: node, args: [%s] } } }
          everything: { transport: { stdio: { command: node, args: [%s] } } }
          gone: { transport: { streamable_http: { url: "http://127.0.0.1:1/mcp" } } }
        policies:
          files:
            default: allow
            tools:
              read_fil: {}
              write_file: { require: { conditions: [ { path: args.pth, op: path_within, value: /srv } ] } }
              "edit_*": { approval: {} }
          everything:
            default: deny
            tools:
              echo: { require: { conditions: [ { path: args.message, op: exists, value: true } ] } }
          gone:
            default: deny
            tools: { anything: {} }
        """
            .formatted(
                words(files.subList(1, files.size())),
                words(everything.subList(1, everything.size()))));
  }

  @Test
  void comparesADocumentWithWhatItsServersHave(Archive archive, NpmPackages npm)
      throws IOException, InterruptedException {
    String file = document(npm).toString();

    Finished checked =
        archive.run("check", "--server-tools", "--format", "json", "--data", data(), file);

    JsonNode findings = JSON.readTree(checked.out()).at("/files/0/findings");
    assertThat(checked.exitCode()).isZero();
    assertThat(findings.valueStream().map(CheckIT::line))
        .containsExactlyInAnyOrder(
            "5 /servers/gone server-unreachable the server did not say which tools it has:"
                + " 127.0.0.1:1: connection refused; what the document says of them was not checked",
            "8 /policies/files/default destructive-without-rule the tool \"move_file\" says that it"
                + " destroys, and is allowed without any rule; add one, such as \"approval\" or"
                + " \"limits\", or deny it",
            "10 /policies/files/tools/read_fil unknown-tool the server \"files\" has no tool"
                + " \"read_fil\". Did you mean \"read_file\"?",
            "11 /policies/files/tools/write_file/require/conditions/0/path unknown-argument the"
                + " tool \"write_file\" has no args.pth. Did you mean \"path\"?");
    assertThat(checked.err().lines())
        .contains(
            "tollbar: asking the server files for its tools",
            "tollbar: the server files has 14 tools",
            "tollbar: the server gone did not answer: 127.0.0.1:1: connection refused");
    assertThat(Files.exists(work.resolve("data"))).isFalse();
  }

  private static String line(JsonNode finding) {
    return String.join(
        " ",
        finding.path("line").asText(),
        finding.path("pointer").asText(),
        finding.path("code").asText(),
        finding.path("message").asText());
  }

  @Test
  void asksServersOfTheNewEraAndOverHttpToo(Archive archive, NpmPackages npm)
      throws IOException, InterruptedException {
    try (LoopbackServer web = LoopbackServer.start(npm.modern(), 0)) {
      String file =
          Files.writeString(
                  work.resolve("gateway.yaml"),
                  """
                  version: "2"
                  servers:
                    piped: { transport: { stdio: { command: node, args: ["%s", "--stdio"] } } }
                    web: { transport: { streamable_http: { url: "%s" } } }
                  policies:
                    piped: { default: deny, tools: { gret: {} } }
                    web: { default: deny, tools: { greet: { require: { conditions: [ { path: args.nam, op: exists, value: true } ] } } } }
                  """
                      .formatted(npm.modern().getLast(), web.url()))
              .toString();

      Finished checked = archive.run("check", "--server-tools", "--data", data(), file);

      assertThat(checked.out())
          .isEqualTo(
              file
                  + """
                  : no problems
                    finding: 6:42 /policies/piped/tools/gret: the server "piped" has no tool "gret". Did you mean "greet"? [unknown-tool]
                    finding: 7:76 /policies/web/tools/greet/require/conditions/0/path: the tool "greet" has no args.nam. Did you mean "name"? [unknown-argument]
                  """);
    }
  }

  @Test
  void aPolicyIsComparedWithTheServerOfTheCommandLine(Archive archive, NpmPackages npm)
      throws Exception {
    Path first =
        Files.writeString(
            work.resolve("first.yaml"),
            """
            version: "1"
            default: deny
            tools:
              echo: {}
              ecko: {}
              get-sum: { require: [{ conditions: [{ path: args.c, op: exists, value: true }] }] }
            """);
    Path second =
        Files.writeString(
            work.resolve("second.yaml"),
            """
            version: "2"
            policies: { mine: { default: deny, tools: { ecko: {} } } }
            """);

    Finished checked =
        archive.run(
            Stream.concat(
                    Stream.of("check", "--server-tools", "--policy", first.toString(), "--"),
                    npm.everything().stream())
                .toArray(String[]::new));

    assertThat(checked.out())
        .isEqualTo(
            first
                + """
                : no problems
                  finding: 5:9 /tools/ecko: the server "default" has no tool "ecko". Did you mean "echo"? [unknown-tool]
                  finding: 6:47 /tools/get-sum/require/0/conditions/0/path: the tool "get-sum" has no args.c [unknown-argument]
                """);
    assertThat(
            archive
                .run(
                    Stream.concat(
                            Stream.of(
                                "check",
                                "--server-tools",
                                "--policy",
                                second.toString(),
                                "--name",
                                "all",
                                "--"),
                            npm.everything().stream())
                        .toArray(String[]::new))
                .out())
        .isEqualTo(
            second
                + """
                : no problems
                  finding: 2:51 /policies/mine/tools/ecko: the server "all" has no tool "ecko". Did you mean "echo"? [unknown-tool]
                """);
    assertThat(
            archive
                .run(
                    "check",
                    "--server-tools",
                    "--policy",
                    first.toString(),
                    "--upstream",
                    "http://127.0.0.1:1/mcp")
                .out())
        .isEqualTo(
            first
                + """
                : no problems
                  finding: 1:1: the server did not say which tools it has: 127.0.0.1:1: connection refused; what the document says of them was not checked [server-unreachable]
                """);
    assertThat(archive.run("check", "--upstream", "http://127.0.0.1:1/mcp", first.toString()))
        .isEqualTo(
            new Finished(
                2, "", "tollbar: --upstream: expected --policy FILE beside it; found none.\n"));
    assertThat(archive.run("check").err())
        .isEqualTo("tollbar: Missing required parameter: 'FILE'\nSee: tollbar check --help\n");
  }

  @Test
  void aServerThatDoesNotAnswerIsAFindingAndHoldsUpNothingForLong(Archive archive)
      throws IOException, InterruptedException {
    Path file =
        Files.writeString(
            work.resolve("gateway.yaml"),
            """
            version: "2"
            servers: { mute: { transport: { stdio: { command: sleep, args: ["86399"] } } } }
            policies: { mute: { default: deny, tools: { anything: {} } } }
            """);

    Finished checked =
        archive.run(
            "check", "--strict", "--server-tools", "--server-timeout", "1s", file.toString());

    assertThat(checked.exitCode()).isEqualTo(3);
    assertThat(ProcessHandle.allProcesses().filter(CheckIT::sleeps)).isEmpty();
    assertThat(checked.out())
        .isEqualTo(
            file
                + """
                : no problems
                  finding: 2:18 /servers/mute: the server did not say which tools it has: no answer within 1s; what the document says of them was not checked [server-unreachable]
                """);
  }

  private static boolean sleeps(ProcessHandle process) {
    return process.info().arguments().filter(words -> List.of(words).contains("86399")).isPresent();
  }

  @Test
  void aDocumentWithoutServersHasNothingToAsk(Archive archive)
      throws IOException, InterruptedException {
    String file = archive.home().resolve("policies/close-session.json").toString();

    assertThat(archive.run("check", "--server-tools", file))
        .isEqualTo(
            new Finished(
                0,
                file + ": no problems\n",
                "tollbar: "
                    + file
                    + " has no servers to ask; for a policy: --policy FILE with --upstream URL or"
                    + " -- COMMAND\n"));
  }

  @Test
  void writesSarifOfProblemsAndFindings(Archive archive) throws IOException, InterruptedException {
    Path bad =
        Files.writeString(work.resolve("bad.json"), "{\"version\":\"1\",\"default\":\"no\"}");
    String seed = archive.home().resolve("policies/seed.json").toString();

    Finished checked = archive.run("check", "--format", "sarif", seed, bad.toString());

    JsonNode results = JSON.readTree(checked.out()).at("/runs/0/results");
    assertThat(checked.exitCode()).isEqualTo(2);
    assertThat(checked.err()).isEmpty();
    assertThat(results.findValuesAsText("ruleId")).containsExactly("deny-if-bypass", "problem");
    assertThat(results.findValuesAsText("uri")).containsExactly("file://" + seed, "file://" + bad);
  }

  @Test
  void aTimeThatIsNoneIsRefused(Archive archive) throws IOException, InterruptedException {
    assertThat(archive.run("check", "--server-timeout", "soon", "x.json"))
        .isEqualTo(
            new Finished(
                2,
                "",
                "tollbar: --server-timeout: expected a time such as 20s or 2m; found \"soon\".\n"));
  }
}
