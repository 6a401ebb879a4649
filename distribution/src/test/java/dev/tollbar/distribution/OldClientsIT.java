package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.distribution.NodeClient.Step;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** Clients of HTTP+SSE (MCP 2024-11-05) in front of server-everything, over both transports. */
@ExtendWith(Fixtures.class)
class OldClientsIT {
  private static final List<Step> TOUR =
      List.of(
          Step.list("tools"),
          // Comes outside of calls, once the server has asked for the roots there.
          Step.of("log", true),
          Step.call("echo", Map.of("message", "hello")),
          Step.call("get-env", Map.of()),
          Step.call("trigger-sampling-request", Map.of("prompt", "hello")),
          Step.call("trigger-elicitation-request", Map.of()),
          Step.call("get-roots-list", Map.of()),
          Step.of("watch", "trigger-long-running-operation", Map.of("duration", 1.2, "steps", 4)),
          Step.of("cancel", "trigger-long-running-operation", Map.of("duration", 0.8, "steps", 4)),
          Step.of("read", "demo://resource/static/document/features.md"),
          Step.of("ping", true));

  private static EverythingOverHttp server;
  private static RunningGateway gateway;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    server = EverythingOverHttp.start(npm, 0);
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          piped:
            transport: { stdio: { command: node, args: %s } }
          web:
            transport: { streamable_http: { url: "%s" } }
        policies:
          guarded: { default: allow, hide: [get-env], tools: {} }
        """
            .formatted(npm.everything().subList(1, 3), server.url()));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    server.close();
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void answersTheTypeScriptClients(String version, String name, NodeClient node)
      throws IOException, InterruptedException {
    List<JsonNode> seen = node.version(version).overSse(gateway.sse(name), "", TOUR);

    assertThat(seen).hasSize(TOUR.size() + 1).noneMatch(line -> line.has("failed"));
    assertThat(seen.get(1).path("tools"))
        .extracting(tool -> tool.path("name").asText())
        .contains("echo")
        .doesNotContain("get-env");
    assertThat(text(seen.get(3))).isEqualTo("Echo: hello");
    assertThat(text(seen.get(4))).startsWith("[POLICY DENIED]");
    assertThat(seen.get(5).toString()).contains("Answer to: ");
    assertThat(seen.get(6).toString()).contains("- Name: Ann");
    assertThat(seen.get(7).toString()).contains("file:///srv/project");
    List<String> order = new ArrayList<>();
    seen.get(8).path("order").forEach(event -> order.add(event.asText()));
    assertThat(order)
        // The last progress comes at once before the result, where these clients may miss it.
        .containsSubsequence("progress 1 of 4", "progress 2 of 4", "progress 3 of 4", "result")
        .containsSubsequence("progress 1 of 4", "echo", "result");
    assertThat(seen.get(9).path("cancelled").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void answersTheJavaClient(String name) throws Exception {
    try (JavaClient client = JavaClient.overSse(gateway.sse(name), "")) {
      assertThat(client.mcp().listTools().tools()).isNotEmpty();
      CallToolResult echo = client.call("echo", Map.of("message", "hello"));
      assertThat(JavaClient.text(echo)).isEqualTo("Echo: hello");
      CallToolResult denied = client.call("get-env", Map.of());
      assertThat(JavaClient.text(denied)).startsWith("[POLICY DENIED]");
      CallToolResult sampled = client.call("trigger-sampling-request", Map.of("prompt", "hello"));
      assertThat(JavaClient.text(sampled)).contains("\"text\": \"sampled\"");
      // This client insists on 2024-11-05, in which servers do not elicit.
      CallToolResult elicited = client.call("trigger-elicitation-request", Map.of());
      assertThat(JavaClient.text(elicited))
          .isEqualTo("MCP error -32601: The gateway does not know this method.");
      CallToolResult roots = client.call("get-roots-list", Map.of());
      assertThat(JavaClient.text(roots)).contains("file:///srv/project");
      CallToolRequest slow =
          CallToolRequest.builder("trigger-long-running-operation")
              .arguments(Map.of("duration", 0.6, "steps", 3))
              .progressToken("slow")
              .build();
      assertThat(JavaClient.text(client.mcp().callTool(slow)))
          .startsWith("Long running operation completed.");
      assertThat(client.progress().take().progressToken()).isEqualTo("slow");
    }
  }

  @Test
  void recordsWhatOldClientsAsk(NodeClient node) throws Exception {
    int before = gateway.decisions().size();

    node.overSse(gateway.sse("piped"), "", List.of(Step.call("get-env", Map.of())));

    List<String> methods =
        Eventually.get(
            () ->
                gateway.decisions().stream()
                    .skip(before)
                    .map(record -> record.path("method").asText())
                    .toList(),
            found -> found.contains("tools/call"));
    assertThat(methods).contains("initialize", "tools/call");
  }

  private static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asText();
  }
}
