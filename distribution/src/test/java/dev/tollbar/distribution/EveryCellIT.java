package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.distribution.NodeClient.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients of HTTP+SSE, of stdio and of streamable HTTP, each in front of servers of either era and
 * over each transport that the other tests of bridges leave out: they call a tool, and answer what
 * another one asks.
 */
@ExtendWith(Fixtures.class)
class EveryCellIT {
  private static final List<Step> STEPS =
      List.of(
          Step.call("test_simple_text", Map.of()),
          Step.call("test_elicitation", Map.of("message", "Who?")));

  @TempDir private static Path work;
  private static final List<LoopbackServer> FIXTURES = new ArrayList<>();
  private static LoopbackServer oldest;
  private static RunningGateway gateway;
  private static Path policy = Path.of("");

  @BeforeAll
  static void begin(Archive archive, NpmPackages npm) throws Exception {
    Node node = Node.find(npm);
    oldest = LoopbackServer.start(npm.everythingOverSse(), 0);
    Path document =
        Files.writeString(
            work.resolve("gateway.yaml"),
            """
            version: "2"
            policies:
              open: { default: allow, validate_arguments: false }
            servers:
              old: { transport: { sse: { url: "%s/sse" } } }
            """
                    .formatted(oldest.origin())
                + ConformanceServers.ofEachEra(node, npm, FIXTURES));
    policy =
        Files.writeString(
            work.resolve("policy.json"), "{\"version\":\"1\",\"default\":\"allow\",\"tools\":{}}");
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void end() {
    if (gateway != null) {
      gateway.close();
    }
    FIXTURES.forEach(LoopbackServer::close);
    if (oldest != null) {
      oldest.close();
    }
  }

  private static void assertAnswered(List<JsonNode> said) {
    assertThat(said).hasSize(3);
    assertThat(text(said.get(1))).isEqualTo("This is a simple text response for testing.");
    assertThat(text(said.get(2))).startsWith("User response: action=accept, content={\"name\":");
  }

  private static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asText(result.toString());
  }

  @ParameterizedTest(name = "TypeScript client {0} over HTTP+SSE, {1}")
  @CsvSource({"1, modern-http", "1, modern-stdio", "2, modern-http", "2, modern-stdio"})
  void section69OldClientsUseModernServers(String version, String server, NodeClient node)
      throws Exception {
    assertAnswered(node.version(version).overSse(gateway.sse(server), "", STEPS));
  }

  @ParameterizedTest(name = "{0} client over stdio, {1} server over HTTP")
  @CsvSource({"legacy, modern", "modern, legacy", "modern, modern"})
  void section69ClientsOverStdioUseServersOverHttp(
      String client, String server, Archive archive, NodeClient node) throws Exception {
    String url = FIXTURES.get(server.equals("legacy") ? 1 : 2).url();

    assertAnswered(
        client(client, node).overStdio(command(archive, List.of("--upstream", url)), STEPS));
  }

  @ParameterizedTest(name = "{0} client over stdio, {1} server over stdio")
  @CsvSource({"legacy, modern", "modern, legacy", "modern, modern"})
  void section69ClientsOverStdioUseServersOverStdio(
      String client, String server, Archive archive, NpmPackages npm, NodeClient node)
      throws Exception {
    List<String> program =
        List.of(
            "--",
            Node.find(npm).program(),
            npm.conformance("fixture-server.mjs").toString(),
            "--stdio",
            "--era=" + server);

    assertAnswered(client(client, node).overStdio(command(archive, program), STEPS));
  }

  private static NodeClient client(String era, NodeClient node) {
    return era.equals("modern") ? node.modern() : node.version("2");
  }

  private static List<String> command(Archive archive, List<String> server) {
    List<String> words = new ArrayList<>();
    words.add(archive.home().resolve("bin/tollbar").toString());
    words.addAll(List.of("stdio", "--data", work.resolve("data-of-stdio").toString()));
    words.addAll(List.of("--policy", policy.toString()));
    words.addAll(server);
    return words;
  }

  @ParameterizedTest
  @ValueSource(strings = {"http+sse", "legacy", "modern"})
  void section69EveryClientUsesTheOldestServers(String client, NodeClient node) throws Exception {
    List<Step> steps =
        List.of(
            Step.call("echo", Map.of("message", "hi")),
            Step.call("trigger-elicitation-request", Map.of()));

    List<JsonNode> said =
        client.equals("http+sse")
            ? node.overSse(gateway.sse("old"), "", steps)
            : client(client, node).overHttp(gateway.url("old"), "", steps);

    assertThat(text(said.get(1))).isEqualTo("Echo: hi");
    assertThat(said.get(2).toString()).contains("- Name: Ann");
  }
}
