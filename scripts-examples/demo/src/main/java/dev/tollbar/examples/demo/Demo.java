package dev.tollbar.examples.demo;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * The program: starts a gateway, makes the tour, and keeps the gateway until it is stopped. Exit
 * codes: 0 done, 1 something came out otherwise, 2 bad command line.
 */
public final class Demo {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Settings settings;
  private final Screen screen;
  private final McpJsonMapper json;

  private Demo(Settings settings, Screen screen, McpJsonMapper json) {
    this.settings = settings;
    this.screen = screen;
    this.json = json;
  }

  public static void main(String[] arguments) {
    Screen screen = Screen.ofProgram(System.getenv());
    Runtime.getRuntime().addShutdownHook(new Thread(screen::silence, "silence"));
    // The SDK keeps threads of its own that would hold the process.
    System.exit(run(List.of(arguments), screen));
  }

  private static int run(List<String> arguments, Screen screen) {
    Settings settings;
    try {
      settings = Settings.of(arguments);
    } catch (TourException e) {
      screen.say(e.text());
      return 2;
    }
    try {
      return new Demo(settings, screen, McpJsonDefaults.getMapper()).run() ? 0 : 1;
    } catch (TourException e) {
      screen.say(e.text());
    } catch (IOException | InterruptedException | RuntimeException e) {
      screen.say("The demo failed: " + e);
    }
    return 1;
  }

  private boolean run() throws IOException, InterruptedException, TourException {
    Installation tollbar = new Installation(settings.home());
    Path data = data();
    Path log = data.resolve("gateway.log");
    screen.title("Tollbar in front of an MCP server with the tools of a Live2D studio");
    screen.say("policy: " + tollbar.policy());
    try (Gateway gateway = Gateway.start(tollbar, data, log)) {
      screen.say("gateway: " + gateway.url());
      boolean asExpected = tour(tollbar, gateway.url(), data);
      if (!settings.once()) {
        serve(tollbar, gateway, log);
      }
      return asExpected && settings.once();
    }
  }

  private Path data() throws IOException {
    return settings.data().isPresent()
        ? Files.createDirectories(settings.data().get())
        : Files.createTempDirectory("tollbar-demo-");
  }

  private boolean tour(Installation tollbar, URI url, Path data)
      throws IOException, InterruptedException, TourException {
    List<String> offered = offered(tollbar.server());
    try (McpSyncClient client =
        connected(
            HttpClientStreamableHttpTransport.builder(url.resolve("/").toString())
                .endpoint(url.getPath())
                .build())) {
      Operator operator = new Operator(tollbar, data);
      Records records = new Records(data, json);
      return new Tour(screen, client, operator, records, InstantSource.system()).run(offered);
    }
  }

  /** The tools of the server itself, asked without a gateway. */
  private List<String> offered(List<String> command) {
    ServerParameters server =
        ServerParameters.builder(command.getFirst())
            .args(command.subList(1, command.size()))
            .build();
    try (McpSyncClient direct = connected(new StdioClientTransport(server, json))) {
      return direct.listTools().tools().stream().map(Tool::name).toList();
    }
  }

  private static McpSyncClient connected(McpClientTransport transport) {
    McpSyncClient client =
        McpClient.sync(transport).requestTimeout(PATIENCE).initializationTimeout(PATIENCE).build();
    client.initialize();
    return client;
  }

  /** Until Ctrl-C, or the end of the gateway. */
  private void serve(Installation tollbar, Gateway gateway, Path log)
      throws IOException, InterruptedException {
    ClientConfigs configs = new ClientConfigs(json);
    screen.say("");
    screen.title("Paste one of these into your MCP client");
    if (gateway.url().getPort() != Gateway.PORT) {
      screen.say(
          "(port %d is taken: this gateway has port %d, for this time only)"
              .formatted(Gateway.PORT, gateway.url().getPort()));
    }
    screen.say("Cursor, .cursor/mcp.json:");
    screen.say("  " + configs.cursor(Gateway.SERVER, gateway.url()));
    screen.say("VS Code, .vscode/mcp.json:");
    screen.say("  " + configs.vsCode(Gateway.SERVER, gateway.url()));
    screen.say("Claude Desktop, claude_desktop_config.json (it starts a gateway of its own):");
    screen.say("  " + configs.stdio(Gateway.SERVER, tollbar));
    screen.say("");
    screen.say("Serving " + gateway.url() + " until Ctrl-C; the gateway's log is " + log);
    gateway.await();
    screen.say("The gateway has ended; its log is " + log);
  }
}
