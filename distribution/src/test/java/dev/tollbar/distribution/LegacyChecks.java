package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.distribution.WireReply.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks of the wire in a session, against the suites' fixture; see {@link WireCheck}. */
final class LegacyChecks {
  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"ping\"}";

  private LegacyChecks() {}

  static void namesASession(WireClient wire) throws IOException, InterruptedException {
    WireReply reply = LegacyClient.initialize(wire);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Mcp-Session-Id"))
        .as("session of initialize")
        .singleElement()
        .asString()
        .matches("[\\x21-\\x7e]+");
  }

  static void takesANotificationWithoutABody(WireClient wire)
      throws IOException, InterruptedException {
    WireReply reply =
        LegacyClient.begin(wire)
            .post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}");

    assertThat(reply.status()).as("status of a notification").isEqualTo(202);
    assertThat(reply.next()).isEmpty();
  }

  static void knowsNoOtherSession(WireClient wire) throws IOException, InterruptedException {
    WireReply reply =
        LegacyClient.begin(wire).post(PING.formatted("1"), Map.of("Mcp-Session-Id", "of-nobody"));

    assertThat(reply.status()).as("status of a session that there is not").isEqualTo(404);
  }

  static void endsASession(WireClient wire) throws IOException, InterruptedException {
    LegacyClient client = LegacyClient.begin(wire);

    assertThat(client.delete().status()).as("status of DELETE").isIn(200, 202, 204);
    assertThat(client.post(PING.formatted("1")).status()).isEqualTo(404);
  }

  static void refusesARevisionThatThereIsNot(WireClient wire)
      throws IOException, InterruptedException {
    WireReply reply =
        LegacyClient.begin(wire)
            .post(PING.formatted("1"), Map.of("MCP-Protocol-Version", "1900-01-01"));

    assertThat(reply.status()).as("status of a revision that there is not").isEqualTo(400);
  }

  static void refusesAForeignHost(WireClient wire) throws IOException, InterruptedException {
    WireReply reply =
        wire.post(
            Wire.INITIALIZE,
            Map.of("Host", "evil.example.com", "Origin", "http://evil.example.com"));

    assertThat(reply.status()).as("status of a foreign host").isEqualTo(403);
  }

  static void keepsIdsAsTheyAre(WireClient wire) throws IOException, InterruptedException {
    LegacyClient client = LegacyClient.begin(wire);

    for (String id : List.of("7", "\"7\"", "0", "\"\u00e9\"")) {
      JsonNode reply =
          client
              .post("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/list\"}")
              .response();
      assertThat(reply.path("id").toString()).as("id of the answer").isEqualTo(id);
    }
  }

  static void asksWhileACallRuns(WireClient wire) throws IOException, InterruptedException {
    LegacyClient client = LegacyClient.begin(wire);
    WireReply call = client.post(Wire.call(1, "test_elicitation", "{\"message\":\"Who?\"}"));
    JsonNode question = call.message();

    assertThat(question.path("method").asText())
        .as("what comes first of the call")
        .isEqualTo("elicitation/create");
    client.post(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"action\":\"decline\"}}"
            .formatted(question.path("id")));
    assertThat(call.message().at("/result/content/0/text").asText())
        .isEqualTo("User response: action=decline, content={}");
  }

  static void reportsProgressByTheClientsToken(WireClient wire)
      throws IOException, InterruptedException {
    LegacyClient client = LegacyClient.begin(wire);

    for (String token : List.of("\"wire\"", "12")) {
      WireReply call =
          client.post(
              """
              {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_tool_with_progress",\
              "arguments":{},"_meta":{"progressToken":%s}}}\
              """
                  .formatted(token));
      List<String> seen = new ArrayList<>();
      JsonNode message = call.message();
      while (message.has("method")) {
        seen.add(message.at("/params/progressToken") + " " + message.at("/params/progress"));
        message = call.message();
      }
      assertThat(seen)
          .as("progress before the result")
          .containsExactly(token + " 0", token + " 50", token + " 100");
    }
  }

  static void goesOnWhereAStreamWasClosed(WireClient wire)
      throws IOException, InterruptedException {
    LegacyClient client = LegacyClient.begin(wire);
    WireReply call = client.call(1, "test_reconnection");
    Optional<Event> first = call.next();

    assertThat(first).as("first event of the call").isPresent();
    assertThat(first.get().id()).as("id of the first event").isNotEmpty();
    assertThat(first.get().data()).as("data of the first event").isEmpty();
    String last = first.get().id();
    String retry = first.get().retry();
    for (Optional<Event> event = call.next(); event.isPresent(); event = call.next()) {
      assertThat(event.get().isMessage()).as("a result before the stream was closed").isFalse();
      retry += event.get().retry();
    }
    assertThat(retry).as("when to come back").isNotEmpty();
    try (WireReply rest = client.get(Map.of("Last-Event-ID", last))) {
      assertThat(rest.status()).isEqualTo(200);
      assertThat(rest.response().at("/result/content/0/text").asText())
          .isEqualTo("Reconnection test completed");
    }
  }

  static void tellsOfChangesOutsideOfCalls(WireClient wire)
      throws IOException, InterruptedException {
    LegacyClient client = LegacyClient.begin(wire);
    try (WireReply stream = client.get(Map.of())) {
      assertThat(stream.status()).as("status of GET").isEqualTo(200);
      assertThat(stream.isStream()).isTrue();
      assertThat(client.call(1, "test_trigger_tool_change").message().has("result"))
          .as("nothing but its result on the stream of a call")
          .isTrue();
      assertThat(stream.message().path("method").asText())
          .isEqualTo("notifications/tools/list_changed");
    }
  }

  static void keepsAllOfAToolList(WireClient wire) throws IOException, InterruptedException {
    JsonNode tools =
        LegacyClient.begin(wire)
            .post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}")
            .response()
            .at("/result/tools");

    assertThat(tool(tools, "test_structured").path("outputSchema").path("required"))
        .as("outputSchema of a tool")
        .hasSize(1);
    assertThat(tool(tools, "json_schema_2020_12_tool").at("/inputSchema/$defs/address/$anchor"))
        .asString()
        .isEqualTo("\"addressDef\"");
    assertThat(tool(tools, "test_x_mcp_header").at("/inputSchema/properties/region/x-mcp-header"))
        .asString()
        .isEqualTo("\"Region\"");
  }

  private static JsonNode tool(JsonNode tools, String name) {
    for (JsonNode tool : tools) {
      if (tool.path("name").asText().equals(name)) {
        return tool;
      }
    }
    throw new AssertionError("no tool " + name + " in " + tools);
  }

  static void keepsAllOfAResult(WireClient wire) throws IOException, InterruptedException {
    JsonNode result = LegacyClient.begin(wire).call(1, "test_structured").response().path("result");

    assertThat(result.at("/structuredContent/temperature"))
        .as("structuredContent of a result")
        .asString()
        .isEqualTo("22.5");
    assertThat(result.path("_meta").path("example.org/trace"))
        .as("_meta of a result")
        .asString()
        .isEqualTo("{\"a\":[1,2,{\"b\":null}]}");
    assertThat(result.at("/x-unknown-result-field/kept").asBoolean()).isTrue();
  }

  static void keepsErrorsAsTheyAre(WireClient wire) throws IOException, InterruptedException {
    JsonNode error =
        LegacyClient.begin(wire)
            .post(
                """
                {"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"test://nowhere"}}\
                """)
            .response()
            .path("error");

    assertThat(error.path("code").asInt()).as("code of an error").isEqualTo(-32602);
    assertThat(error.at("/data/uri").asText()).as("data of an error").isEqualTo("test://nowhere");
  }

  static void cancelsTheCallThatIsMeant(WireClient wire) throws Exception {
    LegacyClient client = LegacyClient.begin(wire);
    int before = cancellations(client);
    try (WireReply call =
        client.post(
            """
            {"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"test_cancellation",\
            "arguments":{},"_meta":{"progressToken":"a"}}}\
            """)) {
      assertThat(call.message().path("method").asText()).isEqualTo("notifications/progress");
      client.post(
          """
          {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}}\
          """);
      assertThat(
              Eventually.get(
                  () -> cancellations(client), after -> after == before + 1, wire.patience()))
          .as("calls that were cancelled")
          .isEqualTo(before + 1);
    }
  }

  private static int cancellations(LegacyClient client) throws IOException, InterruptedException {
    return Integer.parseInt(
        client.call(2, "test_cancellations").response().at("/result/content/0/text").asText());
  }
}
