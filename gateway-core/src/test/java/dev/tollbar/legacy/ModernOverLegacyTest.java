package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.next;
import static dev.tollbar.legacy.LegacyServer.single;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.legacy.LegacyServer.Line;
import dev.tollbar.legacy.LegacyServer.Stream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A modern client in front of a server that has sessions. */
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

  // --- sessions

  @Test
  void beginsASessionWithWhatTheClientDeclaredAndTheGatewayCanCarry() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");

    agent
        .can(
            "{\"sampling\":{\"tools\":{},\"x\":{}},\"roots\":{\"listChanged\":true},\"extensions\":{\"a/b\":{}},\"elicitation\":{}}")
        .ask("tools/list", "");

    Line session = server.line(0);
    UpstreamMessage initialize = next(session.requests);
    assertThat(text(initialize))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"elicitation\":{},\"roots\":{},\"sampling\":{\"tools\":{}}},\"clientInfo\":{\"name\":\"tollbar\",\"version\":\"9.9\"}}}");
    assertThat(initialize.protocolRevision()).isEmpty();
    assertThat(session.told)
        .containsExactly("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
  }

  @Test
  void speaksTheRevisionThatTheServerChose() throws Exception {
    server.revision = "2024-11-05";
    server.answers("tools/list", "{\"tools\":[]}");

    agent.ask("tools/list", "");

    assertThat(server.line(0).request("tools/list").protocolRevision()).contains("2024-11-05");
  }

  @Test
  void clientsThatCanDoTheSameShareASession() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");

    agent.can("{\"roots\":{},\"sampling\":{}}").ask("tools/list", "");
    agent.can("{\"sampling\":{},\"roots\":{}}").ask("tools/list", "");
    assertThat(server.sessions()).isEqualTo(1);

    agent.can("{}").ask("tools/list", "");
    assertThat(server.sessions()).isEqualTo(2);
  }

  @Test
  void theSessionThatWasNotUsedForLongestMakesRoom() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");
    for (int i = 0; i < 5; i++) {
      now.set(Instant.ofEpochSecond(i));
      agent.can("{\"elicitation\":{\"form\":{\"n\":" + i + "}}}").ask("tools/list", "");
    }

    assertThat(server.line(0).closed).isTrue();
    assertThat(server.line(1).closed).isFalse();
  }

  @Test
  void sessionsInUseMakeNoRoom() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    List<CompletableFuture<UpstreamReply>> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String capabilities = "{\"elicitation\":{\"form\":{\"n\":" + i + "}}}";
      open.add(agent.can(capabilities).begin("tools/call", "\"name\":\"slow\""));
      next(streams);
    }

    assertThatThrownBy(() -> agent.can("{}").ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.EXHAUSTED);
              assertThat(e.delivered()).isFalse();
            });
    assertThat(open).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void aSessionThatNobodyUsesForTenMinutesIsEnded() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");
    agent.ask("tools/list", "");

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(9)));
    line.sweep();
    assertThat(server.line(0).closed).isFalse();

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(10)));
    line.sweep();
    assertThat(server.line(0).closed).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"SESSION_LOST, true, 404", "SESSION_LOST, false, 0", "BROKEN, false, 0"})
  void aLostSessionIsBegunAnewAndTheRequestSentAgain(Reason reason, boolean delivered, int status)
      throws Exception {
    server.answers("tools/call", "{\"content\":[]}");
    agent.ask("tools/call", "\"name\":\"a\"");
    // The transport shows only with the next message that the session is gone.
    AtomicInteger calls = new AtomicInteger();
    server.answers(
        "tools/call",
        (session, message) -> {
          if (calls.getAndIncrement() == 0) {
            session.lose(reason, delivered);
            throw new UpstreamException(reason, delivered, status, "gone");
          }
          return single(message, "\"result\":{\"content\":[]}");
        });

    String reply = agent.ask("tools/call", "\"name\":\"b\"");

    assertThat(reply).contains("\"content\":[]");
    assertThat(server.sessions()).isEqualTo(2);
    assertThat(server.line(1).texts()).hasSize(1);
    assertThat(server.line(0).closed).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"BROKEN", "SESSION_LOST"})
  void aRequestThatMayHaveBeenExecutedIsNotSentAgain(Reason reason) {
    server.answers(
        "tools/call",
        (session, _) -> {
          session.lose(reason, true);
          throw new UpstreamException(reason, true, 0, "died");
        });

    assertThatThrownBy(() -> agent.ask("tools/call", "\"name\":\"b\""))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
    assertThat(server.sessions()).isEqualTo(1);
  }

  @Test
  void aRequestWhoseStreamCannotBeGoneOnWithIsNotSentAgain() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    next(call.line().listening);
    call.line().lose(Reason.SESSION_LOST, true);

    call.says("id: e1\nretry: 1\n", "").ends();

    assertThatThrownBy(reply::get)
        .cause()
        .isInstanceOfSatisfying(UpstreamException.class, e -> assertThat(e.delivered()).isTrue());
    assertThat(server.sessions()).isEqualTo(1);
  }

  @Test
  void aLogLevelThatFindsTheSessionLostIsSetInTheNextOne() throws Exception {
    server.capabilities = "{\"logging\":{}}";
    server.answers("tools/call", "{}").answers("logging/setLevel", "{}");
    agent.ask("tools/call", "\"name\":\"a\"");
    AtomicInteger turns = new AtomicInteger();
    server.answers(
        "logging/setLevel",
        (session, message) -> {
          if (turns.getAndIncrement() == 0) {
            session.lose(Reason.SESSION_LOST, true);
            throw new UpstreamException(Reason.SESSION_LOST, true, 404, "gone");
          }
          return single(message, "\"result\":{}");
        });

    assertThat(ModernAgent.text(logging("debug").get())).contains("\"result\"");
    assertThat(turns).hasValue(2);
  }

  @Test
  void aSessionThatIsLostTwiceIsGivenUp() {
    server.answers(
        "tools/call",
        (session, _) -> {
          session.lose(Reason.SESSION_LOST, true);
          throw new UpstreamException(Reason.SESSION_LOST, true, 404, "gone");
        });

    assertThatThrownBy(() -> agent.ask("tools/call", "\"name\":\"b\""))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
    assertThat(server.sessions()).isEqualTo(2);
  }

  @Test
  void aServerThatRefusesTheHandshakeIsDoubted() {
    server.answers(
        "initialize",
        (_, message) -> single(message, "\"error\":{\"code\":-32601,\"message\":\"no\"}"));

    assertThatThrownBy(() -> agent.ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.REFUSED);
              assertThat(e.delivered()).isFalse();
            });
    assertThat(refused).hasValue(1);
    assertThat(server.line(0).closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1999-01-01", "2026-07-28"})
  void aServerThatChoosesAnUnknownRevisionIsNotUsed(String revision) {
    server.revision = revision;

    assertThatThrownBy(() -> agent.ask("tools/list", ""))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
    assertThat(server.line(0).closed).isTrue();
  }

  @Test
  void closingEndsAllSessions() throws Exception {
    server.answers("tools/list", "{\"tools\":[]}");
    agent.ask("tools/list", "");
    agent.can("{}").ask("tools/list", "");

    line.close();

    assertThat(server.line(0).closed).isTrue();
    assertThat(server.line(1).closed).isTrue();
    assertThat(line.alive()).isFalse();
    assertThatThrownBy(() -> agent.ask("tools/list", "")).isInstanceOf(UpstreamException.class);
  }

  // --- server/discover

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

  // --- what comes on the way

  @Test
  void equalIdsAndTokensOfTwoClientsDoNotMeet() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    ModernAgent client = agent.meta("\"progressToken\":\"t\"");
    CompletableFuture<UpstreamReply> first = client.begin("tools/call", "\"name\":\"a\"");
    Stream one = next(streams);
    CompletableFuture<UpstreamReply> second = client.begin("tools/call", "\"name\":\"b\"");
    Stream two = next(streams);
    assertThat(one.id()).isNotEqualTo(two.id());

    two.says(progress(two, 2)).answers("\"result\":{\"n\":2}");
    one.says(progress(one, 1)).answers("\"result\":{\"n\":1}");

    UpstreamReply.Events ones = ModernAgent.events(first.get());
    assertThat(ModernAgent.next(ones)).isEqualTo(progress("\"t\"", 1));
    assertThat(ModernAgent.next(ones)).contains("\"id\":1").contains("\"n\":1");
    assertThat(ModernAgent.next(ones)).isEqualTo("(end)");
    UpstreamReply.Events twos = ModernAgent.events(second.get());
    assertThat(ModernAgent.next(twos)).isEqualTo(progress("\"t\"", 2));
    assertThat(ModernAgent.next(twos)).contains("\"id\":1").contains("\"n\":2");
  }

  private static String progress(Stream stream, int progress) {
    return progress(stream.id().orElseThrow().json(), progress);
  }

  private static String progress(String token, int progress) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
        + token
        + ",\"progress\":"
        + progress
        + "}}";
  }

  @Test
  void progressThatComesOnAnotherStreamReachesItsCall() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    next(call.line().listening).says(progress(call, 1));

    UpstreamReply.Events events = ModernAgent.events(reply.get());

    assertThat(ModernAgent.next(events)).isEqualTo(progress("5", 1));
    call.answers("\"result\":{}");
    assertThat(ModernAgent.next(events)).contains("\"result\"");
  }

  @Test
  void eventsAreRelayedWhenTheyArriveAndWithoutIds() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);

    call.says("id: 1\nretry: 5\n", progress(call, 1));
    UpstreamReply.Events events = ModernAgent.events(reply.get());
    assertThat(new String(events.next().orElseThrow().raw(), StandardCharsets.UTF_8))
        .isEqualTo("event: message\ndata: " + progress("5", 1) + "\n\n");

    call.says(progress(call, 2));
    assertThat(ModernAgent.next(events)).isEqualTo(progress("5", 2));
  }

  @Test
  void progressThatNobodyAskedForIsDropped() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);

    call.says(progress(call, 1)).says("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/other\"}");
    call.answers("\"result\":{}");

    assertThat(ModernAgent.text(reply.get())).contains("\"result\"");
  }

  @Test
  void logMessagesReachOnlyWhoAskedForThem() throws Exception {
    server.capabilities = "{\"logging\":{}}";
    server.answers("logging/setLevel", "{}");
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> asked =
        agent
            .meta("\"io.modelcontextprotocol/logLevel\":\"warning\"")
            .begin("tools/call", "\"name\":\"a\"");
    Stream loud = next(streams);
    CompletableFuture<UpstreamReply> silent = agent.begin("tools/call", "\"name\":\"b\"");
    Stream quiet = next(streams);

    quiet.says(log("error")).answers("\"result\":{}");
    loud.says(log("info")).says(log("error")).answers("\"result\":{}");

    assertThat(ModernAgent.text(silent.get())).contains("\"result\"");
    UpstreamReply.Events events = ModernAgent.events(asked.get());
    assertThat(ModernAgent.next(events)).isEqualTo(log("error"));
    assertThat(ModernAgent.next(events)).contains("\"result\"");
  }

  private static String log(String level) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\""
        + level
        + "\",\"data\":1}}";
  }

  @Test
  void theSessionHasTheLowestLevelThatIsWanted() throws Exception {
    server.capabilities = "{\"logging\":{}}";
    server.answers("logging/setLevel", "{}");
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> first = logging("warning");
    Stream one = next(streams);
    CompletableFuture<UpstreamReply> second = logging("debug");
    next(streams).answers("\"result\":{}");
    second.get();
    CompletableFuture<UpstreamReply> third = logging("error");
    Stream three = next(streams);

    one.answers("\"result\":{}");
    three.answers("\"result\":{}");
    first.get();
    third.get();

    assertThat(server.line(0).texts().stream().filter(text -> text.contains("setLevel")))
        .extracting(text -> text.replaceAll(".*\"level\":\"(\\w+)\".*", "$1"))
        .containsExactly("warning", "debug", "warning");
  }

  private CompletableFuture<UpstreamReply> logging(String level) {
    return agent
        .meta("\"io.modelcontextprotocol/logLevel\":\"" + level + "\"")
        .begin("tools/call", "\"name\":\"a\"");
  }

  @Test
  void aServerWithoutLogsIsNotAskedForThem() throws Exception {
    server.answers("tools/call", "{}");

    logging("debug").get();

    assertThat(server.line(0).texts()).noneMatch(text -> text.contains("setLevel"));
  }

  @Test
  void aStreamThatEndsEarlyIsGoneOnWith() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    assertThat(next(call.line().listening).id()).isEmpty();

    call.says("id: e1\nretry: 1\n", "").ends();

    Stream rest = next(call.line().listening);
    assertThat(rest.id().orElseThrow().json()).isEqualTo("\"e1\"");
    rest.says("id: e2\n", progress(call, 1)).ends();
    Stream more = next(call.line().listening);
    assertThat(more.id().orElseThrow().json()).isEqualTo("\"e2\"");
    more.says(LegacyServer.response(call.id().orElseThrow(), "\"result\":{}"));

    UpstreamReply.Events events = ModernAgent.events(reply.get());
    assertThat(ModernAgent.next(events)).isEqualTo(progress("5", 1));
    assertThat(ModernAgent.next(events)).contains("\"id\":1,\"result\"");
    assertThat(next(call.line().listening).id()).isEmpty();
  }

  @Test
  void aStreamThatCannotBeGoneOnWithIsAFailure() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");

    next(streams).ends();

    assertThatThrownBy(reply::get)
        .cause()
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
  }

  // --- cancellation

  @Test
  void anInterruptCancelsAtTheServer() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread client =
        Thread.ofVirtual()
            .start(() -> {
              try {
                agent.ask("tools/call", "\"name\":\"a\"");
              } catch (UpstreamException | InterruptedException e) {
                ended.complete(e);
              }
            });
    Stream call = next(streams);

    client.interrupt();

    assertThat(call.line().told()).isEqualTo(cancelled(call));
    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
    next(call.closed);
  }

  @Test
  void anInterruptCancelsWhatTheServerHasNotBegunToAnswer() throws Exception {
    CompletableFuture<Line> in = new CompletableFuture<>();
    server.answers(
        "tools/call",
        (session, _) -> {
          in.complete(session);
          new CompletableFuture<Void>().join();
          throw new IllegalStateException("nobody completes it");
        });
    Thread client =
        Thread.ofVirtual()
            .start(() -> {
              try {
                agent.ask("tools/call", "\"name\":\"a\"");
              } catch (UpstreamException | InterruptedException e) {
                // as it should be
              }
            });

    Line session = in.get();
    client.interrupt();

    assertThat(session.told())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":2}}");
  }

  private static String cancelled(Stream call) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
        + call.id().orElseThrow().json()
        + "}}";
  }

  @Test
  void closingTheEventsEarlyCancelsAtTheServer() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    call.says(progress(call, 1));

    reply.get().close();

    assertThat(call.line().told()).isEqualTo(cancelled(call));
    next(call.closed);
  }

  @Test
  void closingAfterTheAnswerCancelsNothing() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":5").begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams);
    call.says(progress(call, 1)).answers("\"result\":{}");
    UpstreamReply.Events events = ModernAgent.events(reply.get());
    ModernAgent.next(events);
    ModernAgent.next(events);

    events.close();
    server.answers("tools/list", "{}");
    agent.ask("tools/list", "");

    assertThat(call.line().told).noneMatch(text -> text.contains("cancelled"));
  }

  // --- requests of the server that are not for the client

  @Test
  void theGatewayItselfAnswersPing() throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams).asks(0, "ping", "{}");

    assertThat(call.line().told()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}");
    call.answers("\"result\":{}");
    assertThat(ModernAgent.text(reply.get())).contains("\"result\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|made/up|{}|-32601|The gateway does not know this method.",
        "{}|tasks/get|{}|-32601|The client does not know this method.",
        "{}|roots/list|{}|-32601|The client has not declared roots.",
        "{}|sampling/createMessage|{}|-32601|The client has not declared sampling.",
        "{}|elicitation/create|{}|-32601|The client has not declared elicitation.",
        "{\"sampling\":{}}|sampling/createMessage|{\"tools\":[]}|-32602|The client has not declared tools for sampling.",
        "{\"elicitation\":{}}|elicitation/create|{\"mode\":\"url\"}|-32602|The client has not declared this mode of elicitation.",
        "{\"elicitation\":{\"url\":{}}}|elicitation/create|{}|-32602|The client has not declared this mode of elicitation."
      })
  void whatTheClientCannotDoIsRefusedToTheServer(
      String capabilities, String method, String params, int code, String message)
      throws Exception {
    BlockingQueue<Stream> streams = server.streams("tools/call");
    CompletableFuture<UpstreamReply> reply =
        agent.can(capabilities).begin("tools/call", "\"name\":\"a\"");
    Stream call = next(streams).asks(9, method, params);

    assertThat(call.line().told())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":"
                + code
                + ",\"message\":\""
                + message
                + "\"}}");
    call.answers("\"result\":{}");
    assertThat(ModernAgent.text(reply.get())).contains("\"result\"");
  }

  @Test
  void thereIsNoStreamBesideRequests() {
    assertThatThrownBy(() -> line.listen(Optional.empty()))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.status()).isEqualTo(405));
  }
}
