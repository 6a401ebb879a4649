package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.distribution.NodeClient.Step;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import java.io.IOException;
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

/** Clients that begin with a handshake, in front of a server that knows none. */
@ExtendWith(Fixtures.class)
class LegacyClientIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path work;
  private static LoopbackServer server;
  private static RunningGateway gateway;
  private static List<String> arguments = List.of();

  @BeforeAll
  static void start(Archive archive, NpmPackages npm) throws IOException, InterruptedException {
    server = LoopbackServer.start(npm.modern(), 0);
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          piped:
            transport: { stdio: { command: node, args: ["%s", "--stdio"] } }
          web:
            transport: { streamable_http: { url: "%s" } }
        policies:
          open: { default: allow, validate_arguments: false, tools: {} }
        """
            .formatted(npm.modern().getLast(), server.url()));
    arguments = List.of("--document", document.toString());
    gateway = RunningGateway.serve(archive, work, arguments);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    server.close();
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text.replace('\'', '"'));
  }

  /** What came of the steps, without the handshake. */
  private static List<JsonNode> walk(NodeClient node, String version, String name, Step... steps)
      throws IOException, InterruptedException {
    List<JsonNode> lines = node.version(version).overHttp(gateway.url(name), "", List.of(steps));
    assertThat(lines).hasSize(steps.length + 1);
    return lines.subList(1, lines.size());
  }

  private static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asText(result.toString());
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void learnsOfTheServerInItsHandshake(String version, String name, NodeClient node)
      throws Exception {
    JsonNode handshake =
        node.version(version).overHttp(gateway.url(name), "", List.of()).getFirst();

    assertThat(handshake)
        .isEqualTo(
            json(
                """
                {'server': {'name': 'modern-only', 'version': '1.0.0'},
                 'capabilities': {
                   'tools': {'listChanged': true},
                   'prompts': {'listChanged': true},
                   'resources': {'listChanged': true, 'subscribe': true},
                   'completions': {}, 'logging': {},
                   'extensions': {'example.org/maps': {}}},
                 'instructions': 'Modern only.'}
                """));
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void callsToolsAndReads(String version, String name, NodeClient node) throws Exception {
    List<JsonNode> said =
        walk(
            node,
            version,
            name,
            Step.list("tools"),
            Step.call("greet", Map.of("name", "Ann")),
            Step.call("region", Map.of("region", "Köln")),
            Step.call("list", Map.of()),
            Step.call("no-such-tool", Map.of()),
            Step.of("prompt", "hello", Map.of("who", "Bob")),
            Step.list("resources"),
            Step.list("templates"),
            Step.of("read", "test://doc"),
            Step.of("read", "test://nowhere"),
            Step.of(
                "complete",
                Map.of(
                    "ref", Map.of("type", "ref/prompt", "name", "hello"),
                    "argument", Map.of("name", "who", "value", "w"))),
            Step.of("ping", true));

    assertThat(said.get(0).path("tools").findValuesAsText("name")).contains("greet", "ask_twice");
    assertThat(text(said.get(1))).isEqualTo("Hello, Ann!");
    assertThat(text(said.get(2))).isEqualTo("region Köln");
    assertThat(said.get(3).path("structuredContent")).isEqualTo(json("{'result': [1, 2]}"));
    assertThat(said.get(4).path("code").asInt()).isEqualTo(-32602);
    assertThat(said.get(5).path("messages").path(0).path("content").path("text").asText())
        .isEqualTo("Hello, Bob");
    assertThat(said.get(6).path("resources").findValuesAsText("uri")).containsExactly("test://doc");
    assertThat(said.get(7).path("resourceTemplates").findValuesAsText("name"))
        .containsExactly("any");
    assertThat(said.get(8).path("contents").path(0).path("text").asText()).isEqualTo("a document");
    // Version 2 calls it by the code of 2026-07-28, whatever it was told.
    assertThat(said.get(9).path("code").asInt()).isEqualTo(version.equals("1") ? -32002 : -32602);
    assertThat(said.get(10).path("completion").path("values")).isEqualTo(json("['world']"));
    assertThat(said.get(11)).isEqualTo(json("{}"));
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void answersWhatTheServerWantsToKnow(String version, String name, NodeClient node)
      throws Exception {
    List<JsonNode> said =
        walk(
            node,
            version,
            name,
            Step.call("ask_name", Map.of()),
            Step.call("ask_model", Map.of()),
            Step.call("ask_roots", Map.of()),
            Step.call("ask_twice", Map.of()));

    assertThat(said)
        .extracting(LegacyClientIT::text)
        .containsExactly(
            "accept Ann", "test-model: Answer to: hello", "file:///srv/project", "then Ann");
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void hearsWhatTheServerTells(String version, String name, NodeClient node) throws Exception {
    List<JsonNode> said =
        walk(
            node,
            version,
            name,
            Step.of("watch", "count", Map.of()),
            Step.of("level", "info"),
            Step.call("log", Map.of()),
            Step.of("log", true),
            Step.of("subscribe", "test://doc"),
            Step.call("update", Map.of()),
            Step.of("hear", "notifications/resources/updated"),
            Step.of("unsubscribe", "test://doc"),
            Step.call("change_tools", Map.of()),
            Step.of("hear", "notifications/tools/list_changed"));

    List<String> order = new ArrayList<>();
    said.get(0).path("order").forEach(event -> order.add(event.asText()));
    assertThat(order)
        .containsSubsequence("progress 1 of 3", "progress 2 of 3", "progress 3 of 3", "result");
    assertThat(said.get(3).path("data").asText()).isEqualTo("one line");
    assertThat(said.get(6).path("params").path("uri").asText()).isEqualTo("test://doc");
    assertThat(said.get(6).toString()).doesNotContain("subscriptionId");
    assertThat(said.get(9).path("method").asText()).isEqualTo("notifications/tools/list_changed");
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void cancelsAtTheServer(String version, String name, NodeClient node) throws Exception {
    Step counting = Step.call("cancelled", Map.of());
    try (LiveNodeClient client = node.version(version).live(gateway.url(name))) {
      String before = text(client.take(counting));

      assertThat(client.take(Step.of("cancel", "wait", Map.of())).path("cancelled").asBoolean())
          .isTrue();

      String now =
          Eventually.get(() -> text(client.take(counting)), counted -> !counted.equals(before));
      assertThat(now)
          .isEqualTo(Integer.parseInt(before.replace(" cancelled", "")) + 1 + " cancelled");
    }
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void goesOnAfterTheGatewayWasKilled(String version, String name, Archive archive, NodeClient node)
      throws Exception {
    try (LiveNodeClient client = node.version(version).live(gateway.url(name))) {
      assertThat(text(client.take(Step.call("ask_name", Map.of())))).isEqualTo("accept Ann");

      gateway.kill();
      gateway = RunningGateway.serve(archive, work, gateway.port(), arguments);

      assertThat(text(client.take(Step.call("ask_twice", Map.of())))).isEqualTo("then Ann");
    }
  }

  @ParameterizedTest(name = "Java client, {0}")
  @ValueSource(strings = {"piped", "web"})
  void servesTheJavaClient(String name) throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(name), "")) {
      McpSyncClient mcp = client.mcp();

      assertThat(mcp.getServerInfo().name()).isEqualTo("modern-only");
      assertThat(mcp.listTools().tools()).extracting(tool -> tool.name()).contains("greet");
      assertThat(JavaClient.text(client.call("greet", Map.of("name", "Ann"))))
          .isEqualTo("Hello, Ann!");
      assertThat(JavaClient.text(client.call("region", Map.of("region", "Köln"))))
          .isEqualTo("region Köln");
      assertThat(JavaClient.text(client.call("ask_name", Map.of()))).isEqualTo("accept Ann");
      assertThat(JavaClient.text(client.call("ask_model", Map.of())))
          .isEqualTo("test-model: sampled");
      assertThat(JavaClient.text(client.call("ask_roots", Map.of())))
          .isEqualTo("file:///srv/project");
      assertThat(JavaClient.text(client.call("ask_twice", Map.of()))).isEqualTo("then Ann");
      assertThat(
              mcp.getPrompt(
                      GetPromptRequest.builder("hello").arguments(Map.of("who", "Bob")).build())
                  .messages())
          .hasSize(1);
      assertThat(mcp.readResource(ReadResourceRequest.builder("test://doc").build()).contents())
          .hasSize(1);
      mcp.setLoggingLevel(LoggingLevel.INFO);
      mcp.ping();
      mcp.callTool(
          CallToolRequest.builder("count").arguments(Map.of()).progressToken("token").build());
      Eventually.get(client.progress()::size, size -> size == 3);
      assertThat(client.progress())
          .extracting(progress -> progress.progress())
          // One may overtake another in the client's own threads.
          .containsExactlyInAnyOrder(1.0, 2.0, 3.0);
    }
  }
}
