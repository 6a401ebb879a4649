package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.McpPrompt;
import dev.langchain4j.mcp.client.McpRoot;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.client.transport.http.HttpMcpTransport;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import dev.langchain4j.service.tool.ToolExecutionResult;
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
import org.junit.jupiter.params.provider.EnumSource;

/** The client of LangChain4j, over each of the gateway's fronts, in front of server-everything. */
@ExtendWith(Fixtures.class)
class LangChain4jIT {
  private static RunningGateway gateway;
  private static List<String> stdio;

  /** How the client reaches the gateway. */
  enum Front {
    STREAMABLE_HTTP,
    SSE,
    STDIO;

    @SuppressWarnings("removal") // HTTP+SSE is what is tested here
    McpTransport open() {
      return switch (this) {
        case STREAMABLE_HTTP ->
            StreamableHttpMcpTransport.builder().url(gateway.url("everything")).build();
        case SSE -> new HttpMcpTransport.Builder().sseUrl(gateway.sse("everything")).build();
        case STDIO -> new StdioMcpTransport.Builder().command(stdio).build();
      };
    }
  }

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    Path policy = work.resolve("careful.yaml");
    Files.writeString(
        policy,
        """
        version: "1"
        default: allow
        hide: [ get-env ]
        tools:
          get-sum: { action: deny, reason: "Do it in your head." }
        """);
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          everything:
            transport: { stdio: { command: node, args: %s } }
        policies:
          careful: { file: careful.yaml }
        """
            .formatted(npm.everything().subList(1, 3)));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
    String data = work.resolve("stdio-data").toString();
    stdio =
        new ArrayList<>(
            archive
                .command("stdio", "--data", data, "--policy", policy.toString(), "--")
                .command());
    stdio.addAll(npm.everything());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static ToolExecutionResult call(McpClient client, String tool, String arguments) {
    return client.executeTool(
        ToolExecutionRequest.builder().name(tool).arguments(arguments).build());
  }

  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("try") // an interrupt while it closes ends the test, as it should
  void usesEverythingThatItKnows(Front front) throws Exception {
    try (McpClient client =
        DefaultMcpClient.builder()
            .transport(front.open())
            .roots(List.of(new McpRoot("work", "file:///srv/work")))
            .build()) {
      assertThat(client.listTools())
          .extracting(ToolSpecification::name)
          .contains("echo", "get-sum")
          .doesNotContain("get-env");
      assertThat(call(client, "echo", "{\"message\":\"hello\"}").resultText())
          .isEqualTo("Echo: hello");
      assertThatThrownBy(() -> call(client, "get-sum", "{\"a\":1,\"b\":2}"))
          .isInstanceOf(ToolExecutionException.class)
          .hasMessage("[POLICY DENIED] Do it in your head.");
      assertThat(client.listPrompts()).extracting(McpPrompt::name).contains("args-prompt");
      assertThat(client.getPrompt("args-prompt", Map.of("city", "Bonn")).messages()).isNotEmpty();
      assertThat(client.listResources()).isNotEmpty();
      assertThat(client.readResource("demo://resource/static/document/features.md").contents())
          .hasSize(1);
      client.checkHealth();
    }
  }
}
