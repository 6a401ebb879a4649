package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official inspector on the command line, in both eras. */
@ExtendWith(Fixtures.class)
class InspectorIT {
  private static RunningGateway gateway;
  private static Node node;
  private static NpmPackages packages;
  private static Path home;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    packages = npm;
    node = Node.find(npm);
    home = Files.createDirectories(work.resolve("home"));
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          everything:
            transport: { stdio: { command: node, args: %s } }
        policies:
          careful:
            default: allow
            hide: [ get-env ]
            tools:
              get-sum: { deny: { reason: "Do it in your head." } }
        """
            .formatted(npm.everything().subList(1, 3)));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Finished inspect(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(node.program(), packages.inspector().toString(), "--cli"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("MCP_INSPECTOR_SECRET_STORE", "memory");
    return Finished.run(builder);
  }

  private static String inEra(String era, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--protocol-era", era));
    all.addAll(List.of("--transport", "http", "--server-url", gateway.url("everything")));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--format", "json", "-q"));
    return inspect(all.toArray(String[]::new)).out();
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy", "auto", "modern"})
  void listsAndCallsTools(String era) throws Exception {
    String tools = inEra(era, "--method", "tools/list");
    assertThat(json(tools).findValuesAsText("name")).contains("echo").doesNotContain("get-env");

    String called =
        inEra(era, "--method", "tools/call", "--tool-name", "echo", "--tool-arg", "message=hello");
    assertThat(json(called).findValuesAsText("text")).containsExactly("Echo: hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy", "modern"})
  void showsWhyACallIsDenied(String era) throws Exception {
    String denied =
        inEra(era, "--method", "tools/call", "--tool-name", "get-sum", "--tool-arg", "a=1", "b=2");

    assertThat(json(denied).findValuesAsText("text"))
        .containsExactly("[POLICY DENIED] Do it in your head.");
  }

  @Test
  void reachesTheFrontForOldClients() throws Exception {
    String called =
        inspect(
                "--transport",
                "sse",
                "--server-url",
                gateway.sse("everything"),
                "--method",
                "tools/call",
                "--tool-name",
                "echo",
                "--tool-arg",
                "message=hello",
                "--format",
                "json",
                "-q")
            .out();

    assertThat(json(called).findValuesAsText("text")).containsExactly("Echo: hello");
  }

  @Test
  void noCallOfItsLoadFails() throws Exception {
    String load =
        inspect(
                "--load",
                "--load-duration",
                "2",
                "--load-concurrency",
                "4",
                "--transport",
                "http",
                "--server-url",
                gateway.url("everything"),
                "--method",
                "tools/call",
                "--tool-name",
                "echo",
                "--tool-arg",
                "message=x",
                "--format",
                "json",
                "-q")
            .out();

    JsonNode figures = json(load).path("result");
    assertThat(figures.path("requests").asInt()).isPositive();
    assertThat(figures.path("errorRate").asDouble(1)).isZero();
  }
}
