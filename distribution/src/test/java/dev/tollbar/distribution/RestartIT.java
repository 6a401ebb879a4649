package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.distribution.NodeClient.Step;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gateway and servers are started anew while clients are connected. The TypeScript clients never
 * initialise anew; nothing must make them.
 */
@ExtendWith(Fixtures.class)
class RestartIT {
  private static final List<String> SERVERS = List.of("piped", "web");

  @TempDir private Path work;
  private final List<LiveNodeClient> clients = new ArrayList<>();
  private EverythingOverHttp server;
  private RunningGateway gateway;
  private List<String> arguments = List.of();

  @BeforeEach
  void start(Archive archive, NpmPackages npm) throws Exception {
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
    arguments = List.of("--document", document.toString());
    gateway = RunningGateway.serve(archive, work, arguments);
  }

  @AfterEach
  void stop() {
    clients.forEach(LiveNodeClient::close);
    gateway.close();
    server.close();
  }

  private void restart(Archive archive) throws IOException, InterruptedException {
    gateway = RunningGateway.serve(archive, work, gateway.port(), arguments);
  }

  /** Both generations of the TypeScript client on each of the servers. */
  private void connect(NodeClient node) throws IOException {
    for (String version : List.of("1", "2")) {
      for (String name : SERVERS) {
        LiveNodeClient client = node.version(version).live(gateway.url(name));
        clients.add(client);
        assertThat(client.handshake().path("server").path("name").asText()).contains("everything");
      }
    }
  }

  private void allCall(String message) throws IOException {
    for (LiveNodeClient client : clients) {
      JsonNode result = client.take(Step.call("echo", Map.of("message", message)));
      assertThat(result.path("content").path(0).path("text").asText())
          .as("%s", result)
          .isEqualTo("Echo: " + message);
    }
  }

  @Test
  void clientsGoOnAfterTheGatewayWasKilledOrStopped(Archive archive, NodeClient node)
      throws Exception {
    connect(node);
    allCall("before");

    gateway.kill();
    restart(archive);
    allCall("after it was killed");

    gateway.terminate();
    assertThat(gateway.endedWithin(Duration.ofSeconds(20))).isTrue();
    restart(archive);
    allCall("after it was stopped");
    allCall("and again");

    assertThat(gateway.decisions())
        .filteredOn(record -> record.path("method").asText().equals("initialize"))
        .hasSize(clients.size());
  }

  @Test
  void clientsGoOnAfterTheirServersWereStartedAnew(NpmPackages npm, NodeClient node)
      throws Exception {
    connect(node);
    allCall("before");
    int port = server.port();
    List<ProcessHandle> children = gateway.process().descendants().toList();
    assertThat(children).isNotEmpty();

    server.close();
    children.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle child : children) {
      child.onExit().join();
    }
    server = EverythingOverHttp.start(npm, port);

    allCall("after");
    allCall("and again");
  }

  @Test
  void theJavaClientGoesOnToo(Archive archive) throws Exception {
    try (JavaClient piped = JavaClient.overHttp(gateway.url("piped"), "");
        JavaClient web = JavaClient.overHttp(gateway.url("web"), "")) {
      gateway.kill();
      restart(archive);

      for (JavaClient client : List.of(piped, web)) {
        assertThat(JavaClient.text(client.call("echo", Map.of("message", "hello"))))
            .isEqualTo("Echo: hello");
      }
    }
  }

  @Test
  void aSessionThatItsClientEndedStaysEnded(Archive archive) throws Exception {
    String echo = Wire.call(1, "echo", "{\"message\":\"hello\"}");
    Map<String, String> open;
    Map<String, String> ended;
    try (Wire wire = new Wire(gateway.url("piped"));
        HttpClient http = HttpClient.newHttpClient()) {
      open = wire.begin(Map.of());
      ended = wire.begin(Map.of());
      HttpRequest delete =
          HttpRequest.newBuilder(URI.create(gateway.url("piped")))
              .header("Mcp-Session-Id", ended.get("Mcp-Session-Id"))
              .DELETE()
              .build();
      assertThat(http.send(delete, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(wire.post(echo, ended).statusCode()).isEqualTo(404);
    }

    gateway.kill();
    restart(archive);

    try (Wire wire = new Wire(gateway.url("piped"));
        Wire other = new Wire(gateway.url("web"))) {
      assertThat(Wire.message(wire.post(echo, open))).contains("Echo: hello");
      assertThat(wire.post(echo, ended).statusCode()).isEqualTo(404);
      assertThat(other.post(echo, open).statusCode()).isEqualTo(404);
    }
  }
}
