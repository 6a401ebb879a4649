package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.distribution.NodeClient.Step;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A gateway that allows everything answers as the server behind it does: both official TypeScript
 * clients, over both transports, against server-everything.
 */
@ExtendWith(Fixtures.class)
class TransparencyIT {

  /** Whatever a client can ask of the server, and the server of the client. */
  private static final List<Step> TOUR =
      List.of(
          Step.list("tools"),
          Step.list("prompts"),
          Step.list("resources"),
          Step.list("templates"),
          // Comes on the stream outside of calls, once the server has asked for the roots there.
          Step.of("log", true),
          Step.call("echo", Map.of("message", "é \uD83D\uDE00 \u0000")),
          Step.call("get-sum", Map.of("a", 1.5, "b", 2)),
          Step.call("get-sum", Map.of("a", "no number")),
          Step.call("no-such-tool", Map.of()),
          Step.call("get-structured-content", Map.of("location", "Chicago")),
          Step.call("get-annotated-message", Map.of("messageType", "error", "includeImage", true)),
          Step.call("get-tiny-image", Map.of()),
          Step.call("get-resource-links", Map.of("count", 3)),
          Step.call("trigger-sampling-request", Map.of("prompt", "hello")),
          Step.call("trigger-elicitation-request", Map.of()),
          Step.call("get-roots-list", Map.of()),
          Step.of("watch", "trigger-long-running-operation", Map.of("duration", 1.2, "steps", 4)),
          Step.of("cancel", "trigger-long-running-operation", Map.of("duration", 0.8, "steps", 4)),
          Step.of("read", "demo://resource/static/document/features.md"),
          Step.of("read", "demo://resource/nowhere"),
          Step.of("prompt", "args-prompt", Map.of("city", "Bonn", "state", "NRW")),
          Step.of(
              "complete",
              Map.of(
                  "ref", Map.of("type", "ref/prompt", "name", "completable-prompt"),
                  "argument", Map.of("name", "department", "value", "S"))),
          Step.of("level", "emergency"),
          Step.of("ping", true));

  private static EverythingOverHttp server;
  private static RunningGateway gateway;
  private static ExecutorService threads;

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
          open: { default: allow, validate_arguments: false, tools: {} }
        """
            .formatted(npm.everything().subList(1, 3), server.url()));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
    threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterAll
  static void stop() {
    threads.close();
    gateway.close();
    server.close();
  }

  @ParameterizedTest(name = "TypeScript client {0}, {1}")
  @CsvSource({"1, piped", "1, web", "2, piped", "2, web"})
  void answersAsTheServerDoes(String version, String name, NodeClient node, NpmPackages npm)
      throws Exception {
    NodeClient client = node.version(version);
    Callable<List<JsonNode>> directly =
        () ->
            name.equals("web")
                ? client.overHttp(server.url(), "", TOUR)
                : client.overStdio(npm.everything(), TOUR);
    Future<List<JsonNode>> direct = threads.submit(directly);

    List<JsonNode> through = client.overHttp(gateway.url(name), "", TOUR);

    assertThat(through).hasSize(TOUR.size() + 1);
    for (int i = 0; i < through.size(); i++) {
      assertThat(withoutOrder(through.get(i)))
          .as(i == 0 ? "handshake" : TOUR.get(i - 1).toString())
          .isEqualTo(withoutOrder(direct.get().get(i)));
    }
    // The client saw one error: it read what is not there.
    assertThat(through).filteredOn(line -> line.has("failed")).containsExactly(through.get(20));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"piped", "web"})
  void passesProgressOnAsItComes(String name, NodeClient node)
      throws IOException, InterruptedException {
    Step watch =
        Step.of("watch", "trigger-long-running-operation", Map.of("duration", 3, "steps", 3));

    JsonNode seen = node.version("2").overHttp(gateway.url(name), "", List.of(watch)).get(1);

    List<String> order = new ArrayList<>();
    seen.path("order").forEach(event -> order.add(event.asText()));
    assertThat(order)
        .containsSubsequence("progress 1 of 3", "progress 2 of 3", "progress 3 of 3", "result")
        // The call that began at the first progress was answered before the slow one.
        .containsSubsequence("progress 1 of 3", "echo", "result");
  }

  @Test
  void passesTheVeryBytesOfARepliesResultOn() throws IOException, InterruptedException {
    String call = Wire.call(7, "get-structured-content", "{\"location\":\"New York\"}");
    try (Wire direct = new Wire(server.url());
        Wire through = new Wire(gateway.url("web"))) {
      HttpResponse<String> expected = direct.post(call, direct.begin(Map.of()));
      HttpResponse<String> reply = through.post(call, through.begin(Map.of()));

      assertThat(Wire.message(reply)).isNotEmpty().isEqualTo(Wire.message(expected));
      assertThat(reply.headers().firstValue("Content-Type"))
          .isEqualTo(expected.headers().firstValue("Content-Type"));
    }
  }

  @Test
  void recordsTheCallThatItsClientCancelled(NodeClient node) throws Exception {
    Step cancel =
        Step.of("cancel", "trigger-long-running-operation", Map.of("duration", 4, "steps", 8));

    // The ping keeps the client there until the server was told.
    List<Step> steps = List.of(cancel, Step.of("ping", true));
    JsonNode said = node.overHttp(gateway.url("piped"), "", steps).get(1);

    assertThat(said.path("cancelled").asBoolean()).isTrue();
    List<JsonNode> records =
        Eventually.get(
            gateway::decisions,
            all -> all.stream().anyMatch(record -> record.toString().contains("cancelled")));
    assertThat(records).anyMatch(record -> record.toString().contains("cancelled"));
  }

  /** When what came is another test's. */
  private static JsonNode withoutOrder(JsonNode line) {
    if (line instanceof ObjectNode object) {
      object.remove("order");
    }
    return line;
  }
}
