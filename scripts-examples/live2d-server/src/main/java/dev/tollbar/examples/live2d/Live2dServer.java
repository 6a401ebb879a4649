package dev.tollbar.examples.live2d;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The program: speaks MCP on standard input and output until the input ends. Keeps everything in
 * memory, draws nothing and writes no file: its answers are made up, the same ones every time.
 */
public final class Live2dServer {

  private Live2dServer() {}

  public static void main(String[] args) throws InterruptedException {
    McpJsonMapper json = McpJsonDefaults.getMapper();
    EndNoticingStream input = new EndNoticingStream(System.in);
    McpSyncServer server = serve(json, new StdioServerTransportProvider(json, input, System.out));
    input.awaitEnd();
    server.closeGracefully();
    // The SDK keeps threads of its own that would hold the process.
    System.exit(0);
  }

  private static McpSyncServer serve(McpJsonMapper json, StdioServerTransportProvider transport) {
    try {
      return McpServer.sync(transport)
          .serverInfo("live2d-automation", "1.0.0")
          .instructions("Start with analyze_photo, or do everything at once with full_pipeline.")
          .capabilities(ServerCapabilities.builder().tools(false).build())
          .tools(Toolbox.of(new Studio()).specifications(json))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
