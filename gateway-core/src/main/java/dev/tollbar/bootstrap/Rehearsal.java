package dev.tollbar.bootstrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A gateway with a policy of every common rule kind, a server behind it and a client before it, all
 * in this process and in a folder of its own, for some calls.
 */
final class Rehearsal implements AutoCloseable {
  private static final int CALLS = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
  private static final String CALL =
      """
      {"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"%s","arguments":{"id":"n-1"}}}\
      """;

  private final Path folder;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  private Rehearsal(Path folder, HttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  static Rehearsal open() throws IOException {
    Path folder = Files.createTempDirectory("tollbar-rehearsal");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", Rehearsal::answer);
    server.start();
    return new Rehearsal(folder, server);
  }

  /**
   * Plays it through.
   *
   * @throws IOException when a call is not answered as it must be
   */
  void run() throws IOException, InterruptedException {
    Path document =
        Files.writeString(folder.resolve("document.yaml"), document(server.getAddress().getPort()));
    String data = folder.resolve("data").toString();
    Said said = new Said();
    Thread gateway =
        Thread.ofPlatform()
            .name("rehearsal")
            .start(() ->
                Main.run(
                    Main.program("serve").setOut(said.writer()).setErr(said.writer()),
                    "serve",
                    "--document",
                    document.toString(),
                    "--port",
                    "0",
                    "--admin-port",
                    "0",
                    "--data",
                    data));
    try {
      calls(said.address());
    } finally {
      gateway.interrupt();
      gateway.join(PATIENCE);
    }
    quietly("check", document.toString());
    quietly("history", "--data", data);
    quietly("grant", "list", "--data", data);
    quietly("approvals", "list", "--data", data);
    quietly("audit", "verify", "--data", data);
  }

  private static String document(int port) {
    return """
    version: "2"
    servers:
      notes: { transport: { streamable_http: { url: "http://127.0.0.1:%d/" } } }
    policies:
      notes:
        default: deny
        tools:
          read:
            require: [ { conditions: [ { path: args.id, op: exists, value: true } ] } ]
            deny_if: [ { conditions: [ { path: args.id, op: regex, value: "[^a-z0-9-]" } ] } ]
            limits: [ { max: 100000, window: minute, scope: grant } ]
          remove: { deny: { reason: People do that. } }
    """
        .formatted(port);
  }

  private void calls(URI address) throws IOException, InterruptedException {
    String opened =
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
            + "\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"rehearsal\",\"version\":\"1\"}}}";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
    client
        .send(request.POST(BodyPublishers.ofString(opened)).build(), BodyHandlers.ofString())
        .headers()
        .firstValue("Mcp-Session-Id")
        .ifPresent(id -> request.header("Mcp-Session-Id", id));
    send(request, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    send(request, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
    send(request, CALL.formatted(2, "remove"));
    for (int i = 0; i < CALLS; i++) {
      String answer = send(request, CALL.formatted(10 + i, "read"));
      if (!answer.contains("a note")) {
        throw new IOException("the gateway answered " + answer);
      }
    }
  }

  private String send(HttpRequest.Builder request, String body)
      throws IOException, InterruptedException {
    return client
        .send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString())
        .body();
  }

  private static void quietly(String... arguments) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandLine program = Main.program(arguments[0]).setOut(nowhere).setErr(nowhere);
    Main.run(program, arguments);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Matcher id = Pattern.compile("\"id\":\\s*(\"[^\"]*\"|\\d+)").matcher(request);
    if (!id.find()) {
      exchange.sendResponseHeaders(202, -1);
      exchange.close();
      return;
    }
    byte[] answer =
        ("{\"jsonrpc\":\"2.0\",\"id\":" + id.group(1) + "," + outcome(request) + "}")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static String outcome(String request) {
    if (request.contains("\"initialize\"")) {
      return "\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
          + "\"serverInfo\":{\"name\":\"notes\",\"version\":\"1\"}}";
    }
    if (request.contains("\"tools/list\"")) {
      return "\"result\":{\"tools\":[{\"name\":\"read\",\"inputSchema\":{\"type\":\"object\","
          + "\"properties\":{\"id\":{\"type\":\"string\"}}}},{\"name\":\"remove\",\"inputSchema\":"
          + "{\"type\":\"object\"}}]}";
    }
    return request.contains("\"tools/call\"")
        ? "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"a note\"}]}"
        : "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}";
  }

  @Override
  public void close() throws IOException {
    client.shutdownNow();
    server.stop(0);
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }

  /** What the gateway prints. */
  private static final class Said {
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private final StringWriter text = new StringWriter();

    PrintWriter writer() {
      return new PrintWriter(text) {
        @Override
        public void flush() {
          Matcher line = LISTENING.matcher(text.toString());
          if (line.find()) {
            address.complete(URI.create(line.group(1)));
          }
        }
      };
    }

    URI address() throws IOException, InterruptedException {
      try {
        return address.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException _) {
        throw new IOException("the gateway did not start: " + text);
      }
    }
  }
}
