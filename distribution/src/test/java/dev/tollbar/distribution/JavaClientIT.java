package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteRequest;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.PromptReference;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java client against server-everything behind a gateway that allows everything. */
@ExtendWith(Fixtures.class)
class JavaClientIT {
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
          open: { default: allow, tools: {} }
        """
            .formatted(npm.everything().subList(1, 3), server.url()));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void getsWhatTheServerGives(String name) {
    try (JavaClient direct = JavaClient.overHttp(server.url(), "");
        JavaClient through = JavaClient.overHttp(gateway.url(name), "")) {
      McpSyncClient there = direct.mcp();
      McpSyncClient here = through.mcp();

      assertThat(here.getServerInfo()).isEqualTo(there.getServerInfo());
      assertThat(here.getServerInstructions()).isEqualTo(there.getServerInstructions());
      assertThat(here.listTools()).isEqualTo(there.listTools());
      assertThat(here.listPrompts()).isEqualTo(there.listPrompts());
      assertThat(here.listResources()).isEqualTo(there.listResources());
      assertThat(here.listResourceTemplates()).isEqualTo(there.listResourceTemplates());
      Map<String, Object> hello = Map.of("message", "hello");
      assertThat(through.call("echo", hello)).isEqualTo(direct.call("echo", hello));
      Map<String, Object> chicago = Map.of("location", "Chicago");
      assertThat(through.call("get-structured-content", chicago))
          .isEqualTo(direct.call("get-structured-content", chicago));
      ReadResourceRequest read =
          ReadResourceRequest.builder("demo://resource/static/document/features.md").build();
      assertThat(here.readResource(read)).isEqualTo(there.readResource(read));
      GetPromptRequest prompt =
          GetPromptRequest.builder("args-prompt").arguments(Map.of("city", "Bonn")).build();
      assertThat(here.getPrompt(prompt)).isEqualTo(there.getPrompt(prompt));
      CompleteRequest complete =
          CompleteRequest.builder(
                  PromptReference.builder("completable-prompt").build(),
                  new CompleteRequest.CompleteArgument("department", "S"))
              .build();
      assertThat(here.completeCompletion(complete)).isEqualTo(there.completeCompletion(complete));
      here.setLoggingLevel(LoggingLevel.EMERGENCY);
      here.ping();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void answersWhatTheServerAsks(String name) {
    try (JavaClient client = JavaClient.overHttp(gateway.url(name), "")) {
      CallToolResult sampled = client.call("trigger-sampling-request", Map.of("prompt", "hello"));
      assertThat(JavaClient.text(sampled)).contains("\"text\": \"sampled\"");
      CallToolResult elicited = client.call("trigger-elicitation-request", Map.of());
      assertThat(JavaClient.text(elicited)).contains("- Name: Ann");
      CallToolResult roots = client.call("get-roots-list", Map.of());
      assertThat(JavaClient.text(roots)).contains("file:///srv/project");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"piped", "web"})
  void hearsOfProgress(String name) throws Exception {
    try (JavaClient client = JavaClient.overHttp(gateway.url(name), "")) {
      CallToolRequest call =
          CallToolRequest.builder("trigger-long-running-operation")
              .arguments(Map.of("duration", 0.6, "steps", 3))
              .progressToken("slow")
              .build();

      CallToolResult result = client.mcp().callTool(call);

      assertThat(JavaClient.text(result)).startsWith("Long running operation completed.");
      // The client hands notifications to another thread: the last may trail the result.
      Eventually.get(client.progress()::size, size -> size == 3);
      assertThat(client.progress())
          .extracting(progress -> progress.progress())
          .containsExactly(1.0, 2.0, 3.0);
    }
  }
}
