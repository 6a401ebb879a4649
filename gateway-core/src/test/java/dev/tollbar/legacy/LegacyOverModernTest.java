package dev.tollbar.legacy;

import static dev.tollbar.legacy.FakeModernServer.text;
import static dev.tollbar.legacy.LegacyClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LegacyOverModernTest {
  private static final String META =
      "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":"
          + "{\"sampling\":{},\"roots\":{},\"elicitation\":{\"form\":{},\"url\":{}}},"
          + "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"test\", \"version\":\"1.0\"}";

  private final FakeModernServer server = new FakeModernServer();
  private final LegacyOverModern line = new LegacyOverModern("tickets", () -> server);
  private final LegacyClient client = new LegacyClient(line);

  @Test
  void answersTheHandshakeWithWhatTheServerSaysOfItself() throws Exception {
    String answer = client.answer(LegacyClient.initialize("2025-06-18", LegacyClient.CAPABILITIES));

    assertThat(answer)
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-06-18\","
                + "\"capabilities\":{\"tools\":{\"listChanged\":true},\"logging\":{},"
                + "\"resources\":{\"subscribe\":true,\"listChanged\":true}},"
                + "\"serverInfo\":{\"name\":\"fake\",\"version\":\"1\"},"
                + "\"instructions\":\"Be nice.\"}}");
    UpstreamMessage asked = server.last();
    assertThat(text(asked))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"tollbar-1\",\"method\":\"server/discover\",\"params\":{"
                + META.replace(",\"url\":{}", "")
                + "}}}");
    assertThat(asked.protocolRevision()).contains("2026-07-28");
    assertThat(asked.headers()).isEqualTo(Map.of("Mcp-Method", "server/discover"));
  }

  @Test
  void answersTheHandshakeWithTheIdAsItIsWritten() throws Exception {
    String initialize = LegacyClient.initialize("2025-06-18", "{}");

    assertThat(client.answer(initialize.replace("\"id\":0", "\"id\":\"0\"")))
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"0\",\"result\":");
  }

  @ParameterizedTest
  @CsvSource({"2025-03-26, 2025-03-26", "2025-11-25, 2025-11-25", "1999-01-01, 2025-11-25"})
  void agreesOnTheClientsRevisionIfItIsServed(String asked, String agreed) throws Exception {
    assertThat(client.answer(LegacyClient.initialize(asked, "{}")))
        .contains("\"protocolVersion\":\"" + agreed + "\"");
  }

  @Test
  void offersNoTasksButOtherExtensions() throws Exception {
    server.answers(
        "server/discover",
        "{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"extensions\":{"
            + "\"io.modelcontextprotocol/tasks\":{},\"example.org/maps\":{}},\"tasks\":{}}}");

    assertThat(client.answer(LegacyClient.initialize("2025-11-25", "{}")))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-11-25\","
                + "\"capabilities\":{\"extensions\":{\"example.org/maps\":{}}},"
                + "\"serverInfo\":{\"name\":\"tickets\",\"version\":\"unknown\"}}}");
  }

  @Test
  void declaresOnlyWhatTheClientsRevisionKnows() throws Exception {
    client.answer(
        LegacyClient.initialize(
            "2025-03-26",
            "{\"elicitation\":{},\"experimental\":{\"a\":{}},\"tasks\":{},\"sampling\":{\"tools\":{}}}"));

    assertThat(text(server.last()))
        .contains("\"io.modelcontextprotocol/clientCapabilities\":{\"sampling\":{\"tools\":{}}},");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"supportedVersions\":[\"2026-07-28\"]}",
        "{\"supportedVersions\":\"2026-07-28\",\"capabilities\":{}}"
      })
  void refusesServersThatDoNotSayWhatTheyOffer(String result) {
    server.answers("server/discover", result);

    assertFails(
        LegacyClient.initialize("2025-11-25", "{}"),
        Reason.MALFORMED,
        "the server's answer to server/discover lacks a member");
  }

  @Test
  void refusesServersOfAnotherRevision() {
    server.answers(
        "server/discover", "{\"supportedVersions\":[\"2031-01-01\"],\"capabilities\":{}}");

    assertFails(
        LegacyClient.initialize("2025-11-25", "{}"),
        Reason.REFUSED,
        "the server does not serve revision 2026-07-28");
  }

  @Test
  void refusesServersThatRefuse() {
    server.refuses("server/discover", 400, "{\"code\":-32022,\"message\":\"no\"}");

    assertFails(
        LegacyClient.initialize("2025-11-25", "{}"),
        Reason.REFUSED,
        "the server does not say what it offers");
  }

  @Test
  void saysWhatTheClientIsWithEveryRequest() throws Exception {
    client.greet();
    server.answers("prompts/get", "{\"messages\":[]}");

    client.answer(
        "{ \"params\" : {\"_meta\": {\"progressToken\":\"p\", \"x\":1.50}, \"name\":\"hi\"} ,"
            + "\"method\":\"prompts/get\",\"id\":\"a\",\"jsonrpc\":\"2.0\"}");

    assertThat(text(server.last()))
        .isEqualTo(
            "{ \"params\" : {"
                + META.replace(
                    "{\"io.modelcontextprotocol/protocolV", " {\"io.modelcontextprotocol/protocolV")
                + ",\"progressToken\":\"p\", \"x\":1.50}, \"name\":\"hi\"} ,"
                + "\"method\":\"prompts/get\",\"id\":\"a\",\"jsonrpc\":\"2.0\"}");
    assertThat(server.last().progressToken().orElseThrow().json()).isEqualTo("\"p\"");
    assertThat(server.last().headers())
        .isEqualTo(Map.of("Mcp-Method", "prompts/get", "Mcp-Name", "hi"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\"}"
            + " | {\"params\":{META}},\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{}}"
            + " | {\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{META}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{ \"cursor\":\"c\"}}"
            + " | {\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{META}, \"cursor\":\"c\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{\"_meta\":{ }}}"
            + " | {\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{META }}}"
      })
  void putsItWhereverThereIsRoom(String said, String sent) throws Exception {
    client.greet();

    client.answer(said);

    assertThat(text(server.last())).isEqualTo(sent.replace("META", META));
  }

  @Test
  void replacesWhatTheClientHasNoRightToSay() throws Exception {
    client.greet();

    client.answer(
        request(
            1,
            "tools/list",
            "{\"_meta\":{\"io.modelcontextprotocol/clientCapabilities\":{\"tasks\":{}}}}"));

    assertThat(text(server.last())).doesNotContain("tasks").containsOnlyOnce("clientCapabilities");
  }

  @Test
  void sendsTheLogLevelOnceTheClientHasSetOne() throws Exception {
    client.greet();

    String set = client.answer(request(1, "logging/setLevel", "{\"level\":\"info\"}"));
    client.answer(request(2, "tools/list", "{}"));

    assertThat(set).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    assertThat(text(server.last()))
        .isEqualTo(
            request(2, "tools/list", "{" + META)
                .replace("1.0\"}}", "1.0\"},\"io.modelcontextprotocol/logLevel\":\"info\"}}}"));
    assertThat(server.methods()).containsExactly("server/discover", "tools/list");
  }

  @Test
  void takesNoLevelThatThereIsNot() throws Exception {
    client.greet();

    assertThat(client.answer(request(1, "logging/setLevel", "{\"level\":\"loud\"}")))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,"
                + "\"message\":\"Member \\\"params.level\\\" must be a log level.\"}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tasks/get",
        "tasks/result",
        "tasks/list",
        "tasks/cancel",
        "tasks/update",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "no/such"
      })
  void hasNoMethodThatTheServerDoesNotOffer(String method) throws Exception {
    server.answers(
        "server/discover", "{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}");
    client.greet();

    assertThat(client.answer(request(1, method, "{\"uri\":\"a:b\",\"taskId\":\"t\"}")))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,"
                + "\"message\":\"The server behind the gateway does not have this method.\"}}");
    assertThat(server.methods()).containsExactly("server/discover");
  }

  @Test
  void answersPingsAndKeepsNotificationsThatNoModernServerKnows() throws Exception {
    client.greet();

    assertThat(client.answer(request(1, "ping", "{}")))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    for (String method : List.of("roots/list_changed", "progress", "initialized")) {
      assertThat(client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/" + method + "\"}"))
          .isInstanceOf(UpstreamReply.Accepted.class);
    }
    assertThat(server.methods()).containsExactly("server/discover");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"resultType\":\"complete\",\"x\":[1.0e2],\"ttlMs\":0} | {\"x\":[1.0e2],\"ttlMs\":0}",
        "{\"x\":1 , \"resultType\" : \"complete\" , \"y\":2} | {\"x\":1  , \"y\":2}",
        "{\"x\":1,\"resultTyp\\u0065\":\"complete\"} | {\"x\":1}",
        "{\"resultType\":\"complete\"} | {}",
        "{\"x\":{\"resultType\":\"complete\"}} | {\"x\":{\"resultType\":\"complete\"}}"
      })
  void dropsTheTypeOfResultsAndNoOtherByte(String said, String passed) throws Exception {
    client.greet();
    server.answers("prompts/list", said);

    assertThat(client.answer(request(7, "prompts/list", "{}")))
        .isEqualTo("{\"result\":" + passed + ",\"jsonrpc\":\"2.0\",\"id\":7}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "input_required", "mystery"})
  void refusesResultsThatTheClientKnowsNothingOf(String type) throws Exception {
    client.greet();
    server.answers("prompts/list", "{\"resultType\":\"" + type + "\"}");

    assertThatThrownBy(() -> client.send(request(1, "prompts/list", "{}")))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources/read | 200 | {\"code\":-32602,\"message\":\"no\",\"data\":{\"uri\":\"a:b\"}} | -32002",
        "resources/read | 200 | {\"code\":-32602,\"message\":\"no\"} | -32602",
        "tools/call | 200 | {\"code\":-32602,\"message\":\"no\",\"data\":{\"uri\":\"a:b\"}} | -32602",
        "tools/call | 400 | {\"code\":-32021,\"message\":\"no\",\"data\":{\"requiredCapabilities\":{}}} | -32600",
        "prompts/get | 400 | {\"code\":-32020,\"message\":\"no\"} | -32603",
        "prompts/get | 400 | {\"code\":-32022,\"message\":\"no\"} | -32603",
        "prompts/get | 404 | {\"code\":-32601,\"message\":\"no\"} | -32601",
        "tools/call | 200 | {\"message\":\"no\" , \"code\" : -7, \"data\":[1.0]} | -7"
      })
  void translatesCodesAndLeavesTheRestOfAnError(String method, int status, String error, int code)
      throws Exception {
    client.greet();
    server.refuses(method, status, error);

    String answer = client.answer(request(3, method, "{\"name\":\"a\",\"uri\":\"a:b\"}"));

    assertThat(answer)
        .isEqualTo(
            "{\"error\":"
                + error.replaceFirst("(\"code\" ?: ?)-\\d+", "$1" + code)
                + ",\"jsonrpc\":\"2.0\",\"id\":3}");
  }

  @ParameterizedTest
  @CsvSource({"500, REFUSED, 500", "200, MALFORMED, 0"})
  void failsWhereTheAnswerIsNoMessage(int status, Reason reason, int told) throws Exception {
    client.greet();
    server.script(
        "prompts/list", _ -> new OneMessage(status, "<html>".getBytes(StandardCharsets.UTF_8)));

    assertThatThrownBy(() -> client.send(request(1, "prompts/list", "{}")))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.status()).isEqualTo(told);
            });
  }

  @Test
  void asksForTheHeadersOfAToolThatItNeverHeardOf() throws Exception {
    client.greet();
    server.answers(
        "tools/list",
        "{\"tools\":[{\"name\":\"a\"}],\"nextCursor\":\"2\"}",
        "{\"tools\":[{\"name\":\"find\",\"inputSchema\":{\"type\":\"object\",\"properties\":{"
            + "\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"}}}}]}");
    server.answers("tools/call", "{\"content\":[]}");
    String call =
        request(1, "tools/call", "{\"name\":\"find\",\"arguments\":{\"region\":\"Köln\"}}");

    client.answer(call);
    client.answer(call);
    client.answer(request(2, "tools/call", "{\"name\":\"a\"}"));
    client.answer(request(3, "tools/call", "{\"name\":\"no-such\"}"));

    assertThat(server.methods())
        .containsExactly(
            "server/discover",
            "tools/list",
            "tools/list",
            "tools/call",
            "tools/call",
            "tools/call",
            "tools/call");
    assertThat(text(server.sent("tools/list").getLast())).contains("\"cursor\":\"2\"");
    assertThat(server.sent("tools/call").getFirst().headers())
        .isEqualTo(
            Map.of(
                "Mcp-Method",
                "tools/call",
                "Mcp-Name",
                "find",
                "Mcp-Param-Region",
                "=?base64?S8O2bG4=?="));
  }

  @Test
  void learnsOfToolsFromTheListsThatPass() throws Exception {
    client.greet();
    server.answers("tools/list", "{\"tools\":[{\"name\":\"find\"}]}");
    server.answers("tools/call", "{\"content\":[]}");

    client.answer(request(1, "tools/list", "{}"));
    client.answer(request(2, "tools/call", "{\"name\":\"find\"}"));

    assertThat(server.methods()).containsExactly("server/discover", "tools/list", "tools/call");
  }

  @Test
  void followsNoListThatNeverEnds() throws Exception {
    client.greet();
    server.script(
        "tools/list",
        message ->
            new OneMessage(
                FakeModernServer.result(
                    message, "{\"tools\":[],\"nextCursor\":\"" + server.methods().size() + "\"}")));
    server.answers("tools/call", "{\"content\":[]}");

    client.answer(request(2, "tools/call", "{\"name\":\"find\"}"));

    assertThat(server.sent("tools/list")).hasSize(100);
  }

  @Test
  void callsToolsOfAServerThatListsNone() throws Exception {
    client.greet();
    server.refuses("tools/list", 404, "{\"code\":-32601,\"message\":\"no\"}");
    server.answers("tools/call", "{\"content\":[]}");

    assertThat(client.answer(request(2, "tools/call", "{\"name\":\"find\"}")))
        .contains("\"content\":[]");
  }

  @Test
  void saysThatACallWasNotDeliveredIfItsToolCouldNotBeLookedUp() throws Exception {
    client.greet();
    server.script(
        "tools/list",
        _ -> {
          throw new UpstreamException(Reason.TIMEOUT, true, 0, "silence");
        });

    assertThatThrownBy(() -> client.send(request(2, "tools/call", "{\"name\":\"find\"}")))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.TIMEOUT);
              assertThat(e.delivered()).isFalse();
            });
  }

  @Test
  void looksAToolUpAgainWhenTheServerMissesAHeader() throws Exception {
    client.greet();
    server.answers(
        "tools/list",
        "{\"tools\":[{\"name\":\"find\"}]}",
        "{\"tools\":[{\"name\":\"find\",\"inputSchema\":{\"properties\":{"
            + "\"q\":{\"type\":\"integer\",\"x-mcp-header\":\"Q\"}}}}]}");
    FakeModernServer.Script mismatch =
        message ->
            new OneMessage(
                400, FakeModernServer.error(message, "{\"code\":-32020,\"message\":\"no\"}"));
    server.script(
        "tools/call",
        mismatch,
        message -> new OneMessage(FakeModernServer.result(message, "{\"content\":[]}")));

    String answer =
        client.answer(request(2, "tools/call", "{\"name\":\"find\",\"arguments\":{\"q\":5}}"));

    assertThat(answer).contains("\"content\":[]");
    assertThat(server.last().headers()).containsEntry("Mcp-Param-Q", "5");
  }

  @Test
  void wrapsOutputThatIsNoObject() throws Exception {
    client.greet();
    server.answers(
        "tools/list",
        "{\"tools\":[{\"name\":\"a\",\"outputSchema\":{\"type\":\"array\" }},"
            + "{\"name\":\"b\",\"outputSchema\":{\"type\":\"object\"}},"
            + "{\"name\":\"c\",\"outputSchema\":{\"anyOf\":[{\"$ref\":\"#/$defs/x\"}]}}]}");
    server.answers("tools/call", "{\"content\":[],\"structuredContent\":{\"x\":1.0}}");

    assertThat(client.answer(request(1, "tools/list", "{}")))
        .isEqualTo(
            "{\"result\":{\"tools\":[{\"name\":\"a\",\"outputSchema\":{\"type\":\"object\","
                + "\"properties\":{\"result\":{\"type\":\"array\" }},\"required\":[\"result\"]}},"
                + "{\"name\":\"b\",\"outputSchema\":{\"type\":\"object\"}},"
                + "{\"name\":\"c\",\"outputSchema\":{\"type\":\"object\","
                + "\"properties\":{\"result\":{}},\"required\":[\"result\"]}}]},"
                + "\"jsonrpc\":\"2.0\",\"id\":1}");
    assertThat(client.answer(request(2, "tools/call", "{\"name\":\"b\"}")))
        .contains("\"structuredContent\":{\"x\":1.0}}");
    assertThat(client.answer(request(2, "tools/call", "{\"name\":\"c\"}")))
        .contains("\"structuredContent\":{\"result\":{\"x\":1.0}}}");
    server.answers("tools/call", "{\"content\":[],\"structuredContent\":[1, 2]}");
    assertThat(client.answer(request(2, "tools/call", "{\"name\":\"a\"}")))
        .contains("\"structuredContent\":{\"result\":[1, 2]}}");
  }

  @Test
  void knowsNoRequestBeforeTheHandshake() {
    assertFails(
        request(1, "tools/list", "{}"), Reason.REFUSED, "the session begins with initialize");
  }

  @Test
  void beginsAnewWithAnotherHandshake() throws Exception {
    client.greet();
    LegacyClient again = new LegacyClient(new LegacyOverModern("tickets", () -> server)).greet();

    assertThat(line.resumeToken()).isEmpty();
    assertThat(again.answer(request(1, "tools/list", "{}"))).contains("\"tools\":[]");
  }

  @Test
  void leavesTheSharedLineOpenAtItsEnd() throws Exception {
    client.greet();

    line.close();

    assertThat(line.alive()).isFalse();
    assertThat(server.closed()).isFalse();
    assertFails(request(1, "tools/list", "{}"), Reason.SESSION_LOST, "this session is closed");
    assertThatThrownBy(() -> line.listen(Optional.empty()))
        .isInstanceOf(UpstreamException.class)
        .hasMessage("this session is closed");
  }

  private void assertFails(String message, Reason reason, String text) {
    assertThatThrownBy(() -> client.send(message))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(text);
  }
}
