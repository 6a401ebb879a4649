package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.distribution.NodeClient.Step;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteRequest;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.PromptReference;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code /mcp}: server-everything over pipes and over HTTP, server-filesystem and a server that is
 * down, as one, for the official clients.
 */
@ExtendWith(Fixtures.class)
class ManyServersIT {
  private static EverythingOverHttp server;
  private static RunningGateway gateway;
  private static Path served;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    server = EverythingOverHttp.start(npm, 0);
    served = work.toRealPath().resolve("srv");
    Files.createDirectories(served);
    Files.writeString(served.resolve("notes.txt"), "notes");
    gateway = serve(archive, npm, work, closedUrl(npm));
  }

  private static RunningGateway serve(Archive archive, NpmPackages npm, Path work, String down)
      throws IOException, InterruptedException {
    Path document = work.resolve("gateway.yaml");
    List<String> files = npm.filesystem(served);
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          files:
            transport: { stdio: { command: node, args: %s } }
          piped:
            transport: { stdio: { command: node, args: %s } }
          web:
            transport: { streamable_http: { url: "%s" } }
          down:
            transport: { streamable_http: { url: "%s" } }
        policies:
          open: { default: allow, tools: {} }
        """
            .formatted(
                files.subList(1, files.size()),
                npm.everything().subList(1, 3),
                server.url(),
                down));
    return RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  /** Where a server was, and is not any more. */
  private static String closedUrl(NpmPackages npm) throws IOException, InterruptedException {
    try (EverythingOverHttp gone = EverythingOverHttp.start(npm, 0)) {
      return gone.url();
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
    server.close();
  }

  @Test
  void saysWhereAllServersAreOne() {
    assertThat(gateway.announcement()).contains("tollbar: all servers as one on " + gateway.all());
  }

  /** What a client does with one server; names begin with the prefix, and URIs end in the mark. */
  private static List<Step> tour(String prefix, String mark) {
    Map<String, Object> slow = Map.of("duration", 0.8, "steps", 4);
    String slowTool = prefix + "trigger-long-running-operation";
    return List.of(
        Step.of("log", true),
        Step.call(prefix + "echo", Map.of("message", "é \uD83D\uDE00")),
        Step.call(prefix + "get-sum", Map.of("a", "no number")),
        Step.call(prefix + "no-such-tool", Map.of()),
        Step.call(prefix + "get-structured-content", Map.of("location", "Chicago")),
        Step.call(prefix + "get-resource-links", Map.of("count", 3)),
        Step.call(prefix + "trigger-sampling-request", Map.of("prompt", "hello")),
        Step.call(prefix + "trigger-elicitation-request", Map.of()),
        Step.call(prefix + "get-roots-list", Map.of()),
        new Step(Map.of("watch", slowTool, "arguments", slow, "beside", prefix + "echo")),
        Step.of("cancel", slowTool, slow),
        Step.of("read", "demo://resource/static/document/features.md" + mark),
        Step.of("prompt", prefix + "args-prompt", Map.of("city", "Bonn", "state", "NRW")),
        Step.of(
            "complete",
            Map.of(
                "ref", Map.of("type", "ref/prompt", "name", prefix + "completable-prompt"),
                "argument", Map.of("name", "department", "value", "S"))),
        Step.of("level", "emergency"),
        Step.of("ping", true));
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void eachServerAnswersAsAtItsOwnAddress(String version, String name, NodeClient node)
      throws Exception {
    NodeClient client = node.version(version);
    String mark = name.equals("web") ? "#tollbar=web" : "";
    List<Step> steps = new ArrayList<>(List.of(Step.list("resources")));
    steps.addAll(tour(name + "__", mark));

    List<JsonNode> alone = client.overHttp(gateway.url(name), "", tour("", ""));
    List<JsonNode> together = client.overHttp(gateway.all(), "", steps);

    // The second line of one and the third of the other are the log, which every server begins.
    for (int i = 2; i < alone.size(); i++) {
      assertThat(withoutOrder(together.get(i + 1)))
          .as(steps.get(i).toString())
          .isEqualTo(withoutOrder(alone.get(i)));
    }
    assertThat(together).hasSize(alone.size() + 1).noneMatch(line -> line.has("failed"));
  }

  private static JsonNode withoutOrder(JsonNode line) {
    if (line instanceof ObjectNode object) {
      ObjectNode copy = object.deepCopy();
      copy.remove("order");
      return copy;
    }
    return line;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void showsAllThatServersHave(String version, NodeClient node) throws Exception {
    List<Step> lists =
        List.of(
            Step.list("tools"),
            Step.list("prompts"),
            Step.list("resources"),
            Step.list("templates"));

    List<JsonNode> seen = node.version(version).overHttp(gateway.all(), "", lists);

    assertThat(seen.getFirst().path("server").path("name").asText()).isEqualTo("tollbar");
    assertThat(seen.getFirst().path("instructions").asText()).contains("# piped", "# web");
    assertThat(seen.get(1).path("tools").findValuesAsText("name"))
        .contains("files__read_text_file", "piped__echo", "web__echo")
        .noneMatch(name -> name.length() > 64);
    assertThat(seen.get(2).path("prompts").findValuesAsText("name"))
        .contains("piped__args-prompt", "web__args-prompt");
    assertThat(seen.get(3).path("resources").findValuesAsText("uri"))
        .contains(
            "demo://resource/static/document/features.md",
            "demo://resource/static/document/features.md#tollbar=web");
    assertThat(seen.get(4).path("resourceTemplates").findValuesAsText("uriTemplate"))
        .contains(
            "demo://resource/dynamic/text/{resourceId}",
            "demo://resource/dynamic/text/{resourceId}#tollbar=web");
    for (JsonNode list : seen.subList(1, 5)) {
      assertThat(list.path("_meta").path("dev.tollbar/degraded").toString())
          .isEqualTo("{\"down\":\"It cannot be reached, or did not answer.\"}");
    }
  }

  @Test
  void theServerThatIsDownIsSeenInHealth() throws Exception {
    try (Wire wire = new Wire(gateway.all())) {
      wire.begin(Map.of());
    }

    JsonNode health = gateway.health();

    assertThat(health.path("status").asText()).isEqualTo("degraded");
    assertThat(health.path("servers").path("down").path("up").asBoolean(true)).isFalse();
    assertThat(health.path("servers").path("web").path("up").asBoolean()).isTrue();
  }

  @Test
  void theJavaClientUsesThemTogether() throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.all(), "")) {
      assertThat(client.mcp().listTools().tools())
          .extracting(Tool::name)
          .contains("files__read_text_file", "piped__echo", "web__echo");
      assertThat(client.mcp().listResources().resources())
          .extracting(Resource::uri)
          .contains("demo://resource/static/document/features.md#tollbar=web");
      String path = served.resolve("notes.txt").toString();
      assertThat(JavaClient.text(client.call("files__read_text_file", Map.of("path", path))))
          .isEqualTo("notes");
      for (String prefix : List.of("piped__", "web__")) {
        answersWhatItIsAsked(client, prefix);
      }
      CompleteRequest complete =
          CompleteRequest.builder(
                  PromptReference.builder("web__completable-prompt").build(),
                  new CompleteRequest.CompleteArgument("department", "S"))
              .build();
      assertThat(client.mcp().completeCompletion(complete).completion().values())
          .contains("Sales", "Support");
      ReadResourceRequest read =
          ReadResourceRequest.builder("demo://resource/static/document/features.md#tollbar=web")
              .build();
      assertThat(client.mcp().readResource(read).contents()).isNotEmpty();
      GetPromptRequest prompt =
          GetPromptRequest.builder("piped__args-prompt").arguments(Map.of("city", "Bonn")).build();
      assertThat(client.mcp().getPrompt(prompt).messages()).isNotEmpty();
    }
  }

  private static void answersWhatItIsAsked(JavaClient client, String prefix) throws Exception {
    CallToolResult sampled =
        client.call(prefix + "trigger-sampling-request", Map.of("prompt", "hello"));
    assertThat(JavaClient.text(sampled)).contains("\"text\": \"sampled\"");
    CallToolResult elicited = client.call(prefix + "trigger-elicitation-request", Map.of());
    assertThat(JavaClient.text(elicited)).contains("- Name: Ann");
    CallToolResult roots = client.call(prefix + "get-roots-list", Map.of());
    assertThat(JavaClient.text(roots)).contains("file:///srv/project");
    client.progress().clear();
    client
        .mcp()
        .callTool(
            CallToolRequest.builder(prefix + "trigger-long-running-operation")
                .arguments(Map.of("duration", 0.6, "steps", 3))
                .progressToken("slow")
                .build());
    Eventually.get(client.progress()::size, size -> size == 3);
    assertThat(client.progress())
        .extracting(progress -> progress.progress())
        .containsExactly(1.0, 2.0, 3.0);
  }

  @Test
  void clientsWithoutSessionsUseThemTogether() throws Exception {
    String meta =
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
            + "\"io.modelcontextprotocol/clientCapabilities\":{}}";
    String request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s" + meta + "}}";
    Map<String, String> headers = Map.of("MCP-Protocol-Version", "2026-07-28");
    try (Wire wire = new Wire(gateway.all())) {
      Map<String, String> listing = new HashMap<>(headers);
      listing.put("Mcp-Method", "tools/list");
      JsonNode list =
          Wire.json(wire.post(request.formatted("tools/list", ""), listing)).path("result");
      assertThat(list.path("tools").findValuesAsText("name"))
          .contains("files__read_text_file", "piped__echo", "web__echo");
      assertThat(list.path("cacheScope").asText()).isEqualTo("private");

      Map<String, String> calling = new HashMap<>(headers);
      calling.put("Mcp-Method", "tools/call");
      calling.put("Mcp-Name", "web__echo");
      String call = "\"name\":\"web__echo\",\"arguments\":{\"message\":\"hi\"},";
      JsonNode result =
          Wire.json(wire.post(request.formatted("tools/call", call), calling)).path("result");
      assertThat(result.path("content").path(0).path("text").asText()).isEqualTo("Echo: hi");
      assertThat(result.path("resultType").asText()).isEqualTo("complete");
    }
  }

  @ParameterizedTest
  @CsvSource({"piped, ''", "web, #tollbar=web"})
  void theModernClientUsesThemTogether(String name, String mark, NodeClient node) throws Exception {
    String prefix = name + "__";
    String resource = "demo://resource/dynamic/text/1" + mark;
    List<Step> steps =
        List.of(
            Step.list("tools"),
            Step.list("prompts"),
            Step.list("resources"),
            Step.list("templates"),
            Step.call(prefix + "echo", Map.of("message", "é \uD83D\uDE00")),
            Step.call(prefix + "trigger-sampling-request", Map.of("prompt", "hello")),
            Step.call(prefix + "trigger-elicitation-request", Map.of()),
            Step.call(prefix + "get-roots-list", Map.of()),
            Step.of("read", "demo://resource/static/document/features.md" + mark),
            Step.of("prompt", prefix + "args-prompt", Map.of("city", "Bonn", "state", "NRW")),
            Step.of(
                "complete",
                Map.of(
                    "ref", Map.of("type", "ref/prompt", "name", prefix + "completable-prompt"),
                    "argument", Map.of("name", "department", "value", "S"))),
            Step.of(
                "listen",
                Map.of("resourceSubscriptions", List.of(resource)),
                Map.of("name", prefix + "toggle-subscriber-updates", "arguments", Map.of())));

    List<JsonNode> said = node.modern().overHttp(gateway.all(), "", steps);

    assertThat(said).hasSize(steps.size() + 1).noneMatch(line -> line.has("failed"));
    assertThat(said.getFirst().path("server").path("name").asText()).isEqualTo("tollbar");
    assertThat(said.get(1).path("tools").findValuesAsText("name"))
        .contains("files__read_text_file", "piped__echo", "web__echo");
    assertThat(said.get(2).path("prompts").findValuesAsText("name")).contains("web__args-prompt");
    assertThat(said.get(3).path("resources").findValuesAsText("uri"))
        .contains("demo://resource/static/document/features.md#tollbar=web");
    assertThat(said.get(4).path("resourceTemplates").findValuesAsText("uriTemplate"))
        .contains("demo://resource/dynamic/text/{resourceId}#tollbar=web");
    assertThat(said.get(5).at("/content/0/text").asText()).isEqualTo("Echo: é \uD83D\uDE00");
    assertThat(said.get(6).toString()).contains("Answer to: Resource trigger-sampling-request");
    assertThat(said.get(7).toString()).contains("- Name: Ann");
    assertThat(said.get(8).toString()).contains("file:///srv/project");
    assertThat(said.get(9).at("/contents/0/uri").asText())
        .isEqualTo("demo://resource/static/document/features.md");
    assertThat(said.get(10).at("/messages/0/content/text").asText()).contains("Bonn");
    assertThat(said.get(11).path("completion").path("values").toString()).contains("Sales");
    assertThat(said.get(12).path("method").asText()).isEqualTo("notifications/resources/updated");
    assertThat(said.get(12).path("uri").asText()).isEqualTo(resource);
  }

  @Test
  void aServerThatComesUpJoinsTheOpenSession(Archive archive, NpmPackages npm, @TempDir Path work)
      throws Exception {
    String down = closedUrl(npm);
    int port = java.net.URI.create(down).getPort();
    try (RunningGateway other = serve(archive, npm, work, down);
        Wire wire = new Wire(other.all())) {
      Map<String, String> session = wire.begin(Map.of());
      assertThat(names(wire, session)).noneMatch(name -> name.startsWith("down__"));

      try (EverythingOverHttp up = EverythingOverHttp.start(npm, port)) {
        assertThat(up.url()).isEqualTo(down);
        List<String> names =
            Eventually.get(() -> names(wire, session), seen -> seen.contains("down__echo"));

        assertThat(names).contains("down__echo", "web__echo");
        assertThat(
                Wire.json(wire.post(Wire.call(2, "down__echo", "{\"message\":\"hi\"}"), session))
                    .path("result")
                    .path("content")
                    .path(0)
                    .path("text")
                    .asText())
            .isEqualTo("Echo: hi");
      }
    }
  }

  private static List<String> names(Wire wire, Map<String, String> session)
      throws IOException, InterruptedException {
    String list = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";
    return Wire.json(wire.post(list, session))
        .path("result")
        .path("tools")
        .findValuesAsText("name");
  }
}
