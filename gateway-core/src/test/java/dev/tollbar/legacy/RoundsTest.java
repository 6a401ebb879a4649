package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyServer.next;
import static dev.tollbar.legacy.LegacyServer.single;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.legacy.LegacyServer.Stream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server asks inside of a call, as a modern client hears and answers it. */
class RoundsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "\"name\":\"a\",\"arguments\":{\"n\":1}";
  private static final String INVALID =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"Invalid or expired requestState\",\"data\":{\"reason\":\"invalid_request_state\"}}}";

  private final LegacyServer server = new LegacyServer();
  private final BlockingQueue<Stream> streams = server.streams("tools/call");
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final ModernOverLegacy line =
      new ModernOverLegacy(server, "1", new SecureRandom(), now::get, () -> {});
  private final ModernAgent agent = new ModernAgent(line);

  @AfterEach
  void close() {
    line.close();
  }

  private static JsonNode result(String message) throws IOException {
    return JSON.readTree(message).path("result");
  }

  private static String state(String message) throws IOException {
    return result(message).path("requestState").textValue();
  }

  private static String retry(String state, String responses) {
    return NAME + ",\"inputResponses\":" + responses + ",\"requestState\":\"" + state + "\"";
  }

  /** A call that waits for its client: the round's end, and the server's side of it. */
  private record Waiting(String end, Stream call) {
    String state() throws IOException {
      return RoundsTest.state(end);
    }
  }

  private Waiting asked(String method, String params) throws Exception {
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", NAME);
    Stream call = next(streams).asks(0, method, params);
    return new Waiting(ModernAgent.text(reply.get()), call);
  }

  /** The client answers, and the server goes on to its result when it has heard that. */
  private String finish(Waiting waiting, String state, String result) throws Exception {
    CompletableFuture<UpstreamReply> reply =
        agent.begin("tools/call", retry(state, "{\"input_1\":{}}"));
    assertThat(waiting.call().line().told())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}");
    waiting.call().answers("\"result\":" + result);
    return ModernAgent.text(reply.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"elicitation/create", "sampling/createMessage", "roots/list"})
  void aQuestionEndsTheRoundAndItsAnswerGoesOnWithTheCall(String method) throws Exception {
    Waiting waiting = asked(method, "{\"message\": \"who?\",\"n\":2.50}");

    String state = waiting.state();
    assertThat(waiting.end())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"input_required\",\"inputRequests\":{\"input_1\":{\"method\":\""
                + method
                + "\",\"params\":{\"message\": \"who?\",\"n\":2.50}}},\"requestState\":\""
                + state
                + "\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"old\",\"version\":\"1\"}}}}");

    CompletableFuture<UpstreamReply> second =
        agent.id("\"two\"").begin("tools/call", retry(state, "{\"input_1\": {\"x\" : 1.50}}"));
    assertThat(waiting.call().line().told())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"x\" : 1.50}}");
    waiting.call().answers("\"result\":{\"content\":[]}");

    assertThat(ModernAgent.text(second.get()))
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"two\",\"result\":{\"resultType\":\"complete\"");
    assertThat(server.line(0).texts()).hasSize(1);
  }

  @Test
  void aQuestionWithoutParamsHasNone() throws Exception {
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", NAME);
    next(streams).says("{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"roots/list\"}");

    assertThat(ModernAgent.text(reply.get()))
        .contains("\"inputRequests\":{\"input_1\":{\"method\":\"roots/list\"}},");
  }

  @Test
  void questionsThatComeTogetherAreOneRound() throws Exception {
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", NAME);
    Stream call = next(streams);
    // Both are there before the client's thread can have seen the first.
    call.asks(0, "roots/list", "{}").asks(1, "elicitation/create", "{}");
    String end = ModernAgent.text(reply.get());

    // A slow machine may part them, so further rounds count too.
    List<String> methods = new ArrayList<>();
    while (methods.size() < 2) {
      StringBuilder responses = new StringBuilder();
      var requests = result(end).path("inputRequests").properties();
      for (var request : requests) {
        methods.add(request.getValue().path("method").asText());
        responses.append(responses.isEmpty() ? "" : ",").append('"').append(request.getKey());
        responses.append("\":{\"m\":\"").append(methods.getLast()).append("\"}");
      }
      reply = agent.begin("tools/call", retry(state(end), "{" + responses + "}"));
      for (int heard = requests.size(); heard > 0; heard--) {
        int id = methods.size() - heard;
        assertThat(call.line().told())
            .isEqualTo(
                "{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":{\"m\":\"%s\"}}"
                    .formatted(id, methods.get(id)));
      }
      if (methods.size() == 2) {
        call.answers("\"result\":{\"done\":true}");
      }
      end = ModernAgent.text(reply.get());
    }

    assertThat(methods).containsExactly("roots/list", "elicitation/create");
    assertThat(end).contains("\"done\":true");
  }

  @Test
  void thereMayBeManyRounds() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");
    String state = waiting.state();
    for (int round = 1; round < 4; round++) {
      CompletableFuture<UpstreamReply> reply =
          agent.begin("tools/call", retry(state, "{\"input_1\":{}}"));
      waiting.call().line().told();
      waiting.call().asks(round, "elicitation/create", "{\"round\":" + round + "}");
      String end = ModernAgent.text(reply.get());
      assertThat(end).contains("\"round\":" + round);
      assertThat(state(end)).isNotEqualTo(state);
      state = state(end);
    }
    CompletableFuture<UpstreamReply> last =
        agent.begin("tools/call", retry(state, "{\"input_1\":{}}"));
    waiting.call().line().told();
    waiting.call().answers("\"result\":{}");

    assertThat(ModernAgent.text(last.get())).contains("complete");
  }

  @Test
  void whatTheServerSaidBeforeItsQuestionComesFirst() throws Exception {
    CompletableFuture<UpstreamReply> reply =
        agent.meta("\"progressToken\":\"p1\"").begin("tools/call", NAME);
    Stream call = next(streams);
    String token = call.id().orElseThrow().json();
    call.says(progress(token)).asks(0, "roots/list", "{}");

    UpstreamReply.Events events = ModernAgent.events(reply.get());
    assertThat(ModernAgent.next(events)).isEqualTo(progress("\"p1\""));
    String end = ModernAgent.next(events);
    assertThat(end).contains("input_required");
    assertThat(ModernAgent.next(events)).isEqualTo("(end)");
    events.close();

    CompletableFuture<UpstreamReply> second =
        agent
            .meta("\"progressToken\":2")
            .begin("tools/call", retry(state(end), "{\"input_1\":{}}"));
    assertThat(call.line().told()).contains("\"result\":{}");
    call.says(progress(token)).answers("\"result\":{}");
    UpstreamReply.Events more = ModernAgent.events(second.get());
    assertThat(ModernAgent.next(more)).isEqualTo(progress("2"));
    assertThat(ModernAgent.next(more)).contains("complete");
  }

  private static String progress(String token) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
        + token
        + ",\"progress\":1}}";
  }

  @Test
  void aQuestionOnTheGetStreamBelongsToTheYoungestCallThatMayAsk() throws Exception {
    CompletableFuture<UpstreamReply> older = agent.begin("tools/call", NAME);
    Stream first = next(streams);
    CompletableFuture<UpstreamReply> younger = agent.id("2").begin("tools/call", "\"name\":\"b\"");
    Stream second = next(streams);
    BlockingQueue<Stream> lists = server.streams("tools/list");
    CompletableFuture<UpstreamReply> list = agent.begin("tools/list", "");
    Stream youngest = next(lists);

    next(first.line().listening).asks(0, "roots/list", "{}");

    assertThat(ModernAgent.text(younger.get())).contains("\"id\":2").contains("input_required");
    assertThat(older).isNotDone();
    youngest.answers("\"result\":{}");
    list.get();
    assertThat(second.line()).isSameAs(first.line());
  }

  @Test
  void aQuestionThatBelongsToNoCallIsRefused() throws Exception {
    streams.clear();
    Waiting waiting = asked("roots/list", "{}");
    Stream listening = next(waiting.call().line().listening);
    finish(waiting, waiting.state(), "{}");

    listening.asks(7, "roots/list", "{}");

    assertThat(waiting.call().line().told())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32600,\"message\":\"There is no request to ask the client about.\"}}");
  }

  @Test
  void aMissingAnswerIsAskedForAgain() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");

    String again = agent.ask("tools/call", retry(waiting.state(), "{\"other\":{},\"input_1\":5}"));

    assertThat(result(again).path("inputRequests"))
        .isEqualTo(result(waiting.end()).path("inputRequests"));
    assertThat(state(again)).isNotEqualTo(waiting.state());
    assertThat(finish(waiting, state(again), "{\"fine\":1}")).contains("fine");
  }

  @Test
  void aStateIsGoodForOneRetry() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");
    finish(waiting, waiting.state(), "{}");

    UpstreamReply replayed = agent.send("tools/call", retry(waiting.state(), "{\"input_1\":{}}"));

    assertThat(ModernAgent.single(replayed).status()).isEqualTo(200);
    assertThat(ModernAgent.text(replayed)).isEqualTo(INVALID);
    assertThat(server.line(0).texts()).hasSize(1);
  }

  @Test
  void aStateThatWasTamperedWithIsRefused() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");

    assertThat(agent.ask("tools/call", retry(waiting.state() + "-TAMPERED", "{}")))
        .isEqualTo(INVALID);
    assertThat(agent.ask("tools/call", NAME + ",\"requestState\":7")).isEqualTo(INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"name\":\"b\",\"arguments\":{\"n\":1}",
        "\"name\":\"a\",\"arguments\":{\"n\":2}",
        "\"name\":\"a\""
      })
  void aStateIsGoodForItsOwnCallOnly(String other) throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");
    String members = ",\"inputResponses\":{\"input_1\":{}},\"requestState\":\"" + waiting.state();

    assertThat(agent.ask("tools/call", other + members + "\"")).isEqualTo(INVALID);
    assertThat(agent.ask("prompts/get", NAME + members + "\"")).isEqualTo(INVALID);

    assertThat(finish(waiting, waiting.state(), "{\"fine\":1}")).contains("fine");
  }

  @Test
  void aStateOfAnotherGrantIsUnknown() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");
    try (ModernOverLegacy other =
        new ModernOverLegacy(server, "1", new SecureRandom(), now::get, () -> {})) {
      assertThat(
              new ModernAgent(other).ask("tools/call", retry(waiting.state(), "{\"input_1\":{}}")))
          .isEqualTo(INVALID);
    }
  }

  @Test
  void aCallThatWaitsForTenMinutesIsCancelled() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");
    now.set(Instant.EPOCH.plus(KeptCalls.LONGEST));

    line.sweep();

    assertGivenUp(waiting.call());
    assertThat(agent.ask("tools/call", retry(waiting.state(), "{\"input_1\":{}}")))
        .isEqualTo(INVALID);
  }

  @Test
  void aCallWhoseClientWasNotAskedIsCancelled() throws Exception {
    Waiting other = asked("elicitation/create", "{}");
    Waiting waiting = asked("elicitation/create", "{}");

    line.withdraw("another");
    line.withdraw(waiting.state());

    assertGivenUp(waiting.call());
    assertThat(agent.ask("tools/call", retry(waiting.state(), "{\"input_1\":{}}")))
        .isEqualTo(INVALID);
    assertThat(finish(other, other.state(), "{}")).contains("complete");
  }

  private static void assertGivenUp(Stream call) throws InterruptedException {
    assertThat(call.line().told())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
                + call.id().orElseThrow().json()
                + "}}");
    assertThat(call.line().told())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-32800,\"message\":\"The request that it is about is over.\"}}");
    next(call.closed);
  }

  @Test
  void closingCancelsTheCallsThatWait() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");

    line.close();

    next(waiting.call().closed);
    assertThat(server.line(0).closed).isTrue();
  }

  @Test
  void aSessionWithACallThatWaitsIsNotIdle() throws Exception {
    asked("elicitation/create", "{}");
    now.set(Instant.EPOCH.plus(KeptCalls.LONGEST).minusSeconds(1));

    line.sweep();

    assertThat(server.line(0).closed).isFalse();
  }

  @Test
  void moreCallsThanAHundredDoNotWait() throws Exception {
    for (int i = 0; i < KeptCalls.MOST; i++) {
      asked("elicitation/create", "{}");
    }

    Waiting tooMany = asked("elicitation/create", "{}");

    assertThat(tooMany.end())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"The server asks something of the client, but too many requests wait for their clients already.\"}}");
    assertGivenUp(tooMany.call());
  }

  @Test
  void aQuestionThatTheServerWithdrewIsNotAnswered() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");
    waiting
        .call()
        .says(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":0}}")
        .answers("\"result\":{\"alone\":1}");
    // The ping comes after what was withdrawn, so its answer shows that this was read.
    next(waiting.call().line().listening).asks(5, "ping", "{}");
    assertThat(waiting.call().line().told()).contains("\"id\":5");

    assertThat(agent.ask("tools/call", retry(waiting.state(), "{\"input_1\":{}}")))
        .contains("alone");
  }

  @Test
  void aServerThatDoesNotWaitForItsAnswerIsToldSo() throws Exception {
    CompletableFuture<UpstreamReply> reply = agent.begin("tools/call", NAME);
    Stream call = next(streams).asks(0, "roots/list", "{}").answers("\"result\":{}");

    assertThat(call.line().told()).contains("\"id\":0,\"error\":{\"code\":-32800");
    assertThat(reply.get()).isNotNull();
  }

  @Test
  void aServerThatDiesMeanwhileIsAFailureOfTheRetry() throws Exception {
    Waiting waiting = asked("elicitation/create", "{}");
    waiting.call().breaks(Reason.BROKEN);

    assertThatThrownBy(() -> agent.ask("tools/call", retry(waiting.state(), "{\"input_1\":{}}")))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
    assertThat(server.sessions()).isEqualTo(1);
  }

  // --- URL elicitation by an error

  private static final String REQUIRED =
      "\"error\":{\"code\":-32042,\"message\":\"Visit first\",\"data\":{\"elicitations\":[{\"mode\":\"url\",\"message\":\"Sign in\",\"url\":\"https://a.example/\",\"elicitationId\":\"e1\"}]}}";

  private AtomicInteger visits() {
    AtomicInteger calls = new AtomicInteger();
    server.answers(
        "tools/call",
        (_, message) ->
            single(message, calls.getAndIncrement() == 0 ? REQUIRED : "\"result\":{\"n\":1}"));
    return calls;
  }

  @Test
  void aUrlThatHasToBeVisitedFirstIsAskedForAndTheCallMadeAnew() throws Exception {
    AtomicInteger calls = visits();

    String end = agent.ask("tools/call", NAME);

    assertThat(result(end).path("inputRequests").toString())
        .isEqualTo(
            "{\"input_1\":{\"method\":\"elicitation/create\",\"params\":{\"mode\":\"url\",\"message\":\"Sign in\",\"url\":\"https://a.example/\"}}}");
    String again = agent.ask("tools/call", retry(state(end), "{}"));
    assertThat(result(again).path("inputRequests")).isEqualTo(result(end).path("inputRequests"));
    assertThat(calls).hasValue(1);

    String answer =
        agent.ask("tools/call", retry(state(again), "{\"input_1\":{\"action\":\"accept\"}}"));
    assertThat(answer).contains("\"n\":1").contains("complete");
    assertThat(calls).hasValue(2);
    assertThat(server.line(0).texts().getLast())
        .doesNotContain("requestState")
        .doesNotContain("inputResponses");
  }

  @Test
  void aUserWhoDoesNotVisitTheUrlGetsTheServersError() throws Exception {
    AtomicInteger calls = visits();
    String end = agent.ask("tools/call", NAME);

    String answer =
        agent.ask("tools/call", retry(state(end), "{\"input_1\":{\"action\":\"decline\"}}"));

    assertThat(answer)
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"Visit");
    assertThat(calls).hasValue(1);
  }

  @Test
  void aClientThatCannotVisitUrlsIsToldWhatItLacks() throws Exception {
    visits();

    UpstreamReply reply = agent.can("{\"elicitation\":{}}").send("tools/call", NAME);

    assertThat(ModernAgent.single(reply).status()).isEqualTo(400);
    assertThat(ModernAgent.text(reply))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32021,\"message\":\"Visit first\",\"data\":{\"requiredCapabilities\":{\"elicitation\":{\"url\":{}}}}}}");
  }
}
