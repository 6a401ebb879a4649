package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two people with a grant each, at the same servers, with the same ids and tokens: nothing of one
 * reaches the other. {@code web} and {@code piped} are server-everything, {@code fixture} is the
 * suites'.
 */
@ExtendWith(Fixtures.class)
class IsolationIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Principal ANN = new Principal("ann");
  private static final Principal BOB = new Principal("bob");
  private static final String TOGGLE = "toggle-simulated-logging";

  private static EverythingOverHttp everything;
  private static LoopbackServer fixture;
  private static RunningGateway gateway;

  private final List<WireClient> wires = new ArrayList<>();

  @BeforeAll
  static void begin(Archive archive, NpmPackages npm, @TempDir Path work) throws Exception {
    everything = EverythingOverHttp.start(npm, 0);
    fixture = ConformanceServers.fixture(Node.find(npm), npm);
    List<String> servers = List.of("web", "piped", "fixture");
    Path document =
        Files.writeString(
            work.resolve("gateway.yaml"),
            """
            version: "2"
            servers:
              web: { transport: { streamable_http: { url: "%s" } } }
              piped: { transport: { stdio: { command: node, args: %s } } }
              fixture: { transport: { streamable_http: { url: "%s" } } }
            policies:
              open: { default: allow }
            grants:
            """
                    .formatted(everything.url(), npm.everything().subList(1, 3), fixture.url())
                + ANN.grant(servers, "open")
                + BOB.grant(servers, "open"));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void end() {
    gateway.close();
    fixture.close();
    everything.close();
  }

  @BeforeEach
  void noClients() {
    wires.clear();
  }

  @AfterEach
  void leave() {
    wires.forEach(WireClient::close);
  }

  private WireClient wire(String server) {
    WireClient wire = new WireClient(gateway.url(server), PATIENCE);
    wires.add(wire);
    return wire;
  }

  private LegacyClient legacy(Principal who, String server) throws Exception {
    return LegacyClient.begin(wire(server), who.headers());
  }

  private ModernClient modern(Principal who, String server) {
    return new ModernClient(wire(server), who.headers());
  }

  private static String text(JsonNode response) {
    return response.at("/result/content/0/text").asText(response.toString());
  }

  private static String request(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}"
        .formatted(method, params);
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section58TheStateOfASessionIsItsClientsOwn(String server) throws Exception {
    LegacyClient ann = legacy(ANN, server);
    LegacyClient bob = legacy(BOB, server);

    assertThat(text(ann.call(1, TOGGLE).response())).startsWith("Started");
    assertThat(text(bob.call(1, TOGGLE).response())).startsWith("Started");
    assertThat(text(ann.call(1, TOGGLE).response())).startsWith("Stopped");
    assertThat(text(bob.call(1, TOGGLE).response())).startsWith("Stopped");
  }

  /** The gateway holds the sessions of these clients; see docs/protocol.md. */
  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section58TheStateOfAGrantWithoutSessionsIsItsOwn(String server) throws Exception {
    ModernClient ann = modern(ANN, server);
    ModernClient bob = modern(BOB, server);

    assertThat(text(ann.call(1, TOGGLE).response())).startsWith("Started");
    assertThat(text(bob.call(1, TOGGLE).response())).startsWith("Started");
    assertThat(text(ann.call(1, TOGGLE).response())).startsWith("Stopped");
    assertThat(text(bob.call(1, TOGGLE).response())).startsWith("Stopped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section610ASessionOfAnotherIsUnknown(String server) throws Exception {
    LegacyClient ann = legacy(ANN, server);
    LegacyClient bob = legacy(BOB, server);
    Map<String, String> anns = Map.of("Mcp-Session-Id", ann.session());

    WireReply call = bob.post(Wire.call(1, "echo", "{\"message\":\"mine\"}"), anns);
    assertThat(call.status()).isEqualTo(404);
    assertThat(call.message().toString()).doesNotContain("mine").contains("\"id\":1");
    assertThat(bob.get(anns).status()).isEqualTo(404);
    assertThat(bob.delete(anns).status()).isEqualTo(404);
    assertThat(text(ann.post(Wire.call(1, "echo", "{\"message\":\"still here\"}")).response()))
        .isEqualTo("Echo: still here");
  }

  /** The server may ask for roots in between, when it likes: that is no answer. */
  @ParameterizedTest
  @ValueSource(strings = {"web", "piped", "fixture"})
  void section610AnAnswerReachesTheOneWhoAskedOnly(String server) throws Exception {
    LegacyClient ann = legacy(ANN, server);
    LegacyClient bob = legacy(BOB, server);
    boolean everything = !server.equals("fixture");
    String tool = everything ? "trigger-elicitation-request" : "test_elicitation";
    WireReply annsCall = ann.post(Wire.call(1, tool, "{\"message\":\"Who?\"}"));
    String annsQuestion = annsCall.question("elicitation/create").path("id").toString();

    // Nobody has asked Bob, whatever id he makes up or has overheard.
    bob.post(accept(annsQuestion, "Bob"));
    WireReply bobsCall = bob.post(Wire.call(1, tool, "{\"message\":\"Who?\"}"));
    String bobsQuestion = bobsCall.question("elicitation/create").path("id").toString();
    bob.post(accept(bobsQuestion, "Bob"));
    assertThat(bobsCall.response().toString()).contains("Bob").doesNotContain("Ann");
    assertThat(annsCall.isUnanswered()).isTrue();

    ann.post(accept(annsQuestion, "Ann"));
    assertThat(annsCall.response().toString()).contains("Ann").doesNotContain("Bob");
  }

  private static String accept(String question, String name) {
    return """
    {"jsonrpc":"2.0","id":%s,"result":{"action":"accept",\
    "content":{"name":"%s","username":"%s","email":"a@example.org"}}}\
    """
        .formatted(question, name, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section610AStateOfAnotherIsUnknown(String server) throws Exception {
    ObjectNode params = ModernClient.tool("trigger-elicitation-request");
    ModernClient ann = modern(ANN, server);
    JsonNode asked = ann.call(1, params).response().path("result");
    assertThat(asked.path("resultType").asText()).isEqualTo("input_required");
    JsonNode bobs = Wire.JSON.readTree("{\"action\":\"accept\",\"content\":{\"name\":\"Bob\"}}");
    JsonNode anns = Wire.JSON.readTree("{\"action\":\"accept\",\"content\":{\"name\":\"Ann\"}}");

    JsonNode stolen =
        modern(BOB, server).call(2, ModernClient.answering(params, asked, bobs)).response();

    assertThat(stolen.at("/error/code").asInt()).isEqualTo(-32602);
    assertThat(ann.call(2, ModernClient.answering(params, asked, anns)).response().toString())
        .contains("- Name: Ann")
        .doesNotContain("Bob");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section610EachHearsOfTheProgressOfTheirOwnCall(String server) throws Exception {
    LegacyClient ann = legacy(ANN, server);
    LegacyClient bob = legacy(BOB, server);

    WireReply annsCall = ann.post(slowly(3));
    WireReply bobsCall = bob.post(slowly(5));

    assertThat(progress(annsCall)).containsExactly("1 of 3", "2 of 3", "3 of 3");
    assertThat(progress(bobsCall))
        .containsExactly("1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section610EachHearsOfTheProgressOfTheirOwnRequest(String server) throws Exception {
    WireReply annsCall = modern(ANN, server).call(1, slowlyParams(3));
    WireReply bobsCall = modern(BOB, server).call(1, slowlyParams(5));

    assertThat(progress(annsCall)).containsExactly("1 of 3", "2 of 3", "3 of 3");
    assertThat(progress(bobsCall))
        .containsExactly("1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5");
  }

  private static ObjectNode slowlyParams(int steps) {
    ObjectNode params = ModernClient.tool("trigger-long-running-operation");
    params.withObject("arguments").put("duration", 1).put("steps", steps);
    params.withObject("_meta").put("progressToken", "wire");
    return params;
  }

  private static String slowly(int steps) {
    return request("tools/call", slowlyParams(steps).toString());
  }

  /** The progress that comes before the response, all of it by the one token. */
  private static List<String> progress(WireReply call) throws Exception {
    List<String> seen = new ArrayList<>();
    JsonNode message = call.message();
    while (message.has("method")) {
      // The server also asks for roots, over pipes on any stream that there is.
      if (message.path("method").asText().equals("notifications/progress")) {
        assertThat(message.at("/params/progressToken").asText()).isEqualTo("wire");
        seen.add(message.at("/params/progress") + " of " + message.at("/params/total"));
      }
      message = call.message();
    }
    assertThat(message.path("id").toString()).isEqualTo("1");
    return seen;
  }

  @Test
  void section610NobodyCancelsTheCallOfAnother() throws Exception {
    LegacyClient ann = legacy(ANN, "fixture");
    LegacyClient bob = legacy(BOB, "fixture");
    String cancel =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}";
    String call = request("tools/call", ModernClient.tool("test_cancellation").toString());
    int before = cancellations(ann);
    WireReply annsCall = ann.post(call);
    assertThat(annsCall.message().path("method").asText()).isEqualTo("notifications/progress");

    // That the server has heard of the second shows that the first one was for nobody.
    bob.post(cancel);
    WireReply bobsCall = bob.post(call);
    assertThat(bobsCall.message().path("method").asText()).isEqualTo("notifications/progress");
    bob.post(cancel);
    assertThat(Eventually.get(() -> cancellations(ann), now -> now > before)).isEqualTo(before + 1);
    assertThat(annsCall.isWaiting()).isTrue();

    ann.post(cancel);
    assertThat(Eventually.get(() -> cancellations(ann), now -> now > before + 1))
        .isEqualTo(before + 2);
  }

  private static int cancellations(LegacyClient client) throws Exception {
    return Integer.parseInt(text(client.call(2, "test_cancellations").response()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section610EachHearsOfTheirOwnResources(String server) throws Exception {
    LegacyClient ann = legacy(ANN, server);
    LegacyClient bob = legacy(BOB, server);
    try (WireReply anns = ann.get(Map.of());
        WireReply bobs = bob.get(Map.of())) {
      ann.post(request("resources/subscribe", "{\"uri\":\"" + uri(1) + "\"}")).response();
      bob.post(request("resources/subscribe", "{\"uri\":\"" + uri(2) + "\"}")).response();
      ann.call(1, "toggle-subscriber-updates").response();
      bob.call(1, "toggle-subscriber-updates").response();

      assertThat(updated(anns)).containsExactly(uri(1));
      assertThat(updated(bobs)).containsExactly(uri(2));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section610EachHearsOfTheirOwnSubscriptions(String server) throws Exception {
    ModernClient ann = modern(ANN, server);
    ModernClient bob = modern(BOB, server);
    try (WireReply anns = ann.send(1, "subscriptions/listen", listening(uri(3)));
        WireReply bobs = bob.send(1, "subscriptions/listen", listening(uri(4)))) {
      for (WireReply stream : List.of(anns, bobs)) {
        assertThat(stream.message().path("method").asText())
            .isEqualTo("notifications/subscriptions/acknowledged");
      }
      ann.call(2, "toggle-subscriber-updates").response();
      bob.call(2, "toggle-subscriber-updates").response();

      assertThat(updated(anns)).containsExactly(uri(3));
      assertThat(updated(bobs)).containsExactly(uri(4));
    }
    ann.call(2, "toggle-subscriber-updates").response();
    bob.call(2, "toggle-subscriber-updates").response();
  }

  private static String uri(int number) {
    return "demo://resource/dynamic/text/" + number;
  }

  private static ObjectNode listening(String uri) {
    ObjectNode params = Wire.JSON.createObjectNode();
    params.putObject("notifications").putArray("resourceSubscriptions").add(uri);
    return params;
  }

  /** The resources that a stream tells of, by the first two times that it tells of any. */
  private static Set<String> updated(WireReply stream) throws Exception {
    Set<String> uris = new HashSet<>();
    int times = 0;
    while (times < 2) {
      JsonNode message = stream.message();
      if (message.path("method").asText().equals("notifications/resources/updated")) {
        uris.add(message.at("/params/uri").asText());
        times++;
      }
    }
    return uris;
  }

  @Test
  void section610ATaskOfAnotherIsUnknown() throws Exception {
    ModernClient ann = modern(ANN, "fixture");
    ObjectNode params = ModernClient.tool("slow_compute");
    params.withObject("arguments").put("seconds", 0.2).put("label", "of Ann");
    JsonNode task = ann.call(1, params).response().path("result");
    assertThat(task.path("resultType").asText()).isEqualTo("task");
    String id = task.path("taskId").asText();

    for (String method : List.of("tasks/get", "tasks/cancel", "tasks/update")) {
      ObjectNode asking = taskParams(id);
      if (method.equals("tasks/update")) {
        asking.putObject("inputResponses");
      }
      JsonNode refused = modern(BOB, "fixture").send(1, method, asking).response();
      assertThat(refused.at("/error/code").asInt()).as(method).isEqualTo(-32602);
      assertThat(refused.toString()).doesNotContain("of Ann");
    }

    JsonNode done =
        Eventually.get(
            () -> ann.send(2, "tasks/get", taskParams(id)).response().path("result"),
            state -> !state.path("status").asText().equals("working"));
    assertThat(done.path("status").asText()).isEqualTo("completed");
    assertThat(done.at("/result/content/0/text").asText()).isEqualTo("computed of Ann");
  }

  private static ObjectNode taskParams(String id) {
    return Wire.JSON.createObjectNode().put("taskId", id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "piped"})
  void section610ATaskOfAnotherSessionIsUnknown(String server) throws Exception {
    LegacyClient ann = legacy(ANN, server);
    LegacyClient bob = legacy(BOB, server);
    JsonNode task =
        ann.post(
                request(
                    "tools/call",
                    """
                    {"name":"simulate-research-query","arguments":{"topic":"of Ann"},"task":{"ttl":60000}}\
                    """))
            .response()
            .at("/result/task");
    String id = taskParams(task.path("taskId").asText()).toString();
    assertThat(task.path("status").asText()).isEqualTo("working");

    for (String method : List.of("tasks/get", "tasks/result", "tasks/cancel")) {
      JsonNode refused = bob.post(request(method, id)).response();
      assertThat(refused.at("/error/code").asInt()).as(method).isEqualTo(-32602);
      assertThat(refused.toString()).doesNotContain("of Ann");
    }
    assertThat(bob.post(request("tasks/list", "{}")).response().at("/result/tasks")).isEmpty();

    assertThat(ann.post(request("tasks/list", "{}")).response().at("/result/tasks")).hasSize(1);
    assertThat(text(ann.post(request("tasks/result", id)).response())).contains("of Ann");
  }
}
