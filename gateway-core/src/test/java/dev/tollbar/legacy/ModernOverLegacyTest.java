package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.single;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a modern client asks of a server that has sessions, and what it gets. */
class ModernOverLegacyTest {
  private static final String INFO =
      "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"old\",\"version\":\"1\"}}";

  private final LegacyServer server = new LegacyServer();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicInteger refused = new AtomicInteger();
  private final ModernOverLegacy line =
      new ModernOverLegacy(server, "9.9", new SecureRandom(), now::get, refused::incrementAndGet);
  private final ModernAgent agent = new ModernAgent(line);

  @AfterEach
  void close() {
    line.close();
  }

  private static String text(UpstreamMessage message) {
    return new String(message.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void discoverTellsWhatTheServerSaidInItsHandshake() throws Exception {
    server.capabilities =
        "{\"logging\":{}, \"tasks\":{\"list\":{}},\"resources\":{\"subscribe\":true,\"listChanged\":true},\"x\" : 1.50}";
    server.more =
        ",\"instructions\":\"be \\u006bind\",\"serverInfo\":{\"name\":\"old\", \"version\":\"1\"}";

    assertThat(agent.id("\"d\"").ask("server/discover", ""))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"result\":{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"logging\":{},\"resources\":{\"subscribe\":true,\"listChanged\":true},\"x\":1.50},\"instructions\":\"be \\u006bind\",\"ttlMs\":0,\"cacheScope\":\"private\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"old\", \"version\":\"1\"}}}}");
  }

  @Test
  void discoverDoesWithoutWhatTheServerDidNotSay() throws Exception {
    server.capabilities = "{}";
    server.more = "";

    assertThat(agent.ask("server/discover", ""))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{},\"ttlMs\":0,\"cacheScope\":\"private\"}}");
  }

  // --- requests

  @Test
  void aRequestChangesInIdAndTokenOnly() throws Exception {
    server.answers("tools/call", "{\"content\":[]}");
    String request =
        "{ \"params\" : {\"arguments\":{\"n\":2.50},  \"name\":\"\\u0061\", \"_meta\":{\"progressToken\":\"mine\",\"x\":1,\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}},\"method\":\"tools/call\",\"id\":\"mine\",\"jsonrpc\":\"2.0\"}";

    agent.id("\"mine\"").raw("tools/call", request);

    UpstreamMessage sent = server.line(0).request("tools/call");
    assertThat(text(sent))
        .isEqualTo(
            request
                .replace("\"id\":\"mine\"", "\"id\":2")
                .replace("\"progressToken\":\"mine\"", "\"progressToken\":2"));
    assertThat(sent.id().orElseThrow().json()).isEqualTo("2");
    assertThat(sent.progressToken().orElseThrow().json()).isEqualTo("2");
    assertThat(sent.headers()).isEmpty();
  }

  @Test
  void whatOnlyModernServersReadIsNotPassedOn() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");

    agent.ask(
        "tools/list", "\"task\":{\"ttl\":1}, \"cursor\" : \"c\",\"inputResponses\":{\"a\":{}}");

    assertThat(server.line(0).texts())
        .singleElement()
        .asString()
        .startsWith(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{\"cursor\":\"c\",\"_meta\":{");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "tasks/get",
        "tasks/list",
        "tasks/update",
        "made/up"
      })
  void methodsThatAreNotCarriedAreUnknown(String method) throws Exception {
    UpstreamReply reply = agent.send(method, "\"taskId\":\"t\"");

    assertThat(ModernAgent.single(reply).status()).isEqualTo(404);
    assertThat(ModernAgent.text(reply))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"The server does not have this method.\"}}");
    assertThat(server.sessions()).isZero();
  }

  @Test
  void aRequestThatSaysTooLittleOfItselfIsRefused() throws Exception {
    UpstreamReply reply =
        agent.raw("tools/list", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");

    assertThat(ModernAgent.single(reply).status()).isEqualTo(400);
    assertThat(ModernAgent.text(reply))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"Member \\\"params._meta\\\" must have a string \\\"io.modelcontextprotocol/protocolVersion\\\".\"}}");
  }

  @Test
  void anotherRevisionIsRefused() throws Exception {
    UpstreamReply reply =
        agent.raw(
            "tools/list", agent.request("tools/list", "").replace("2026-07-28", "2031-01-01"));

    assertThat(ModernAgent.single(reply).status()).isEqualTo(400);
    assertThat(ModernAgent.text(reply))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32022,\"message\":\"This protocol revision is not served.\",\"data\":{\"supported\":[\"2026-07-28\"],\"requested\":\"2031-01-01\"}}}");
  }

  @Test
  void anUnknownLogLevelIsRefused() throws Exception {
    UpstreamReply reply =
        agent.meta("\"io.modelcontextprotocol/logLevel\":\"loud\"").send("tools/list", "");

    assertThat(ModernAgent.single(reply).status()).isEqualTo(400);
    assertThat(ModernAgent.text(reply))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"Member \\\"io.modelcontextprotocol/logLevel\\\" of \\\"params._meta\\\" must be one of debug, info, notice, warning, error, critical, alert, emergency.\"}}");
  }

  @Test
  void thereIsNoStreamBesideRequests() {
    assertThatThrownBy(() -> line.listen(Optional.empty()))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.status()).isEqualTo(405));
  }

  // --- results

  @Test
  void aResultKeepsItsBytesAndGainsWhatModernClientsExpect() throws Exception {
    server.answers(
        "tools/call",
        (_, message) ->
            single(
                200,
                "{ \"result\" :{\"content\":[{\"type\":\"new\",\"n\":2.50}] , \"y\":null},\"jsonrpc\":\"2.0\",\"id\":"
                    + message.id().orElseThrow().json()
                    + "}"));

    assertThat(agent.id("\"7\"").ask("tools/call", "\"name\":\"a\""))
        .isEqualTo(
            "{ \"result\" :{\"resultType\":\"complete\","
                + INFO
                + ",\"content\":[{\"type\":\"new\",\"n\":2.50}] , \"y\":null},\"jsonrpc\":\"2.0\",\"id\":\"7\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "resources/read"
      })
  void listsAndResourcesAreNotToBeCached(String method) throws Exception {
    server.answers(method, "{}");

    assertThat(agent.ask(method, "\"uri\":\"a:b\""))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\","
                + INFO
                + "}}");
  }

  @Test
  void aResultThatIsModernAlreadyStaysAsItIs() throws Exception {
    String result =
        "{\"resultType\":\"complete\",\"tools\":[],\"ttlMs\":5,\"cacheScope\":\"public\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"x\"}}}";
    server.answers("tools/list", result);

    assertThat(agent.ask("tools/list", ""))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}");
  }

  @Test
  void theServersNameJoinsOtherMetaMembers() throws Exception {
    server.answers("prompts/get", "{\"_meta\":{\"k\":1},\"messages\":[]}");

    assertThat(agent.ask("prompts/get", "\"name\":\"p\""))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"old\",\"version\":\"1\"},\"k\":1},\"messages\":[]}}");
  }

  @ParameterizedTest
  @CsvSource({
    "-32601, -32601, 404",
    "-32602, -32602, 200",
    "-32002, -32602, 200",
    "-32000, -32000, 200",
    "-32020, -32603, 200",
    "-32050, -32603, 200",
    "7, 7, 200"
  })
  void errorsGetTheCodesThatModernClientsKnow(int legacy, int modern, int status) throws Exception {
    server.answers(
        "resources/read",
        (_, message) ->
            single(
                message,
                "\"error\":{\"message\":\"m\",\"code\":"
                    + legacy
                    + ",\"data\":{\"uri\":\"a:b\"}}"));

    UpstreamReply reply = agent.send("resources/read", "\"uri\":\"a:b\"");

    assertThat(ModernAgent.single(reply).status()).isEqualTo(status);
    assertThat(ModernAgent.text(reply))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"message\":\"m\",\"code\":"
                + modern
                + ",\"data\":{\"uri\":\"a:b\"}}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":[]}",
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{},\"result\":{}}",
        "<html>"
      })
  void aReplyThatIsNoneIsNotPassedOn(String json) {
    server.answers("tools/list", (_, _) -> single(200, json));

    assertThatThrownBy(() -> agent.ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
  }

  @Test
  void aRefusalWithoutAnIdIsAFailureOfTheServer() {
    server.answers(
        "tools/list",
        (_, _) ->
            single(
                400,
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"Bad\"}}"));

    assertThatThrownBy(() -> agent.ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.REFUSED);
              assertThat(e.status()).isEqualTo(400);
            });
  }
}
