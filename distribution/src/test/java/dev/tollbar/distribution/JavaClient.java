package dev.tollbar.distribution;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.Root;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/** The official Java client, connected; it answers sampling, elicitation and roots itself. */
final class JavaClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final LinkedBlockingQueue<ProgressNotification> progress = new LinkedBlockingQueue<>();
  private final McpSyncClient client;

  private JavaClient(McpClientTransport transport) {
    this.client =
        McpClient.sync(transport)
            .requestTimeout(PATIENCE)
            .initializationTimeout(PATIENCE)
            .capabilities(ClientCapabilities.builder().roots(true).sampling().elicitation().build())
            .roots(Root.builder("file:///srv/project").name("project").build())
            .sampling(request ->
                CreateMessageResult.builder(Role.ASSISTANT, "sampled", "test-model").build())
            .elicitation(request ->
                ElicitResult.builder(ElicitResult.Action.ACCEPT)
                    .content(
                        request.message().startsWith("The agent wants")
                            ? Map.of("approve", true)
                            : Map.of("name", "Ann"))
                    .build())
            .progressConsumer(progress::add)
            .build();
    this.client.initialize();
  }

  /** Connects over streamable HTTP; a blank token sends no {@code Authorization}. */
  static JavaClient overHttp(String url, String token) {
    URI uri = URI.create(url);
    HttpClientStreamableHttpTransport.Builder transport =
        HttpClientStreamableHttpTransport.builder(uri.resolve("/").toString())
            .endpoint(uri.getPath());
    if (!token.isBlank()) {
      transport.addHttpRequestCustomizer((request, method, endpoint, body, context) ->
          request.header("Authorization", "Bearer " + token));
    }
    return new JavaClient(transport.build());
  }

  /** Connects over HTTP+SSE, as clients of 2024-11-05 do. */
  @SuppressWarnings("deprecation") // as the whole transport is
  static JavaClient overSse(String url, String token) {
    URI uri = URI.create(url);
    HttpClientSseClientTransport.Builder transport =
        HttpClientSseClientTransport.builder(uri.resolve("/").toString())
            .sseEndpoint(uri.getPath());
    if (!token.isBlank()) {
      transport.addHttpRequestCustomizer((request, method, endpoint, body, context) ->
          request.header("Authorization", "Bearer " + token));
    }
    return new JavaClient(transport.build());
  }

  /** Starts the command as a stdio server. */
  static JavaClient overStdio(List<String> command) {
    ServerParameters parameters =
        ServerParameters.builder(command.getFirst())
            .args(command.subList(1, command.size()))
            .env(System.getenv())
            .build();
    return new JavaClient(new StdioClientTransport(parameters, McpJsonDefaults.getMapper()));
  }

  McpSyncClient mcp() {
    return client;
  }

  /** The progress that was told so far and is not taken yet. */
  LinkedBlockingQueue<ProgressNotification> progress() {
    return progress;
  }

  CallToolResult call(String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  /** The text of a result, all pieces. */
  static String text(CallToolResult result) {
    return result.content().stream()
        .filter(TextContent.class::isInstance)
        .map(content -> ((TextContent) content).text())
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    client.closeGracefully();
  }
}
