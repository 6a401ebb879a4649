package dev.tollbar.legacy;

import static dev.tollbar.legacy.FakeModernServer.text;
import static dev.tollbar.legacy.LegacyClient.next;
import static dev.tollbar.legacy.LegacyClient.request;
import static dev.tollbar.legacy.LegacyClient.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams, and what servers want to know in the middle of a call. */
@Timeout(60)
class QuestionsTest {
  private static final String CALL =
      request(1, "tools/call", "{\"name\":\"ask\",\"arguments\":{\"a\":1.0}}");
  private static final String NAME =
      "{\"resultType\":\"input_required\",\"inputRequests\":{\"who\":{\"method\":"
          + "\"elicitation/create\", \"params\":{\"message\":\"Who?\", \"n\":1.0}}},"
          + "\"requestState\":\"s\\u0031\"}";
  private static final String DONE = "{\"resultType\":\"complete\",\"content\":[]}";

  private final FakeModernServer server = new FakeModernServer();
  private final LegacyOverModern line = new LegacyOverModern("tickets", () -> server);
  private final LegacyClient client = new LegacyClient(line);

  @BeforeEach
  void greet() throws Exception {
    client.greet();
  }

  @Test
  void asksTheClientAndRepeatsTheCallWithItsAnswers() throws Exception {
    server.answers("tools/call", NAME, DONE);

    try (UpstreamReply.Events events = client.events(CALL)) {
      assertThat(next(events))
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"elicitation/create\","
                  + "\"params\":{\"message\":\"Who?\", \"n\":1.0}}");
      client.send(response(1, "{\"action\":\"accept\", \"content\":{\"x\":1.0}}")).close();

      assertThat(next(events))
          .isEqualTo("{\"result\":{\"content\":[]},\"jsonrpc\":\"2.0\",\"id\":1}");
      assertThat(events.next()).isEmpty();
    }
    String first = text(server.sent("tools/call").getFirst());
    assertThat(text(server.last()))
        .isEqualTo(
            first
                .replace("\"id\":1,", "\"id\":\"tollbar-3\",")
                .replace(
                    "1.0\"}},\"name\"",
                    "1.0\"}},\"inputResponses\":{\"who\":{\"action\":\"accept\", "
                        + "\"content\":{\"x\":1.0}}},\"requestState\":\"s\\u0031\",\"name\""));
    assertThat(server.last().headers()).isEqualTo(server.sent("tools/call").getFirst().headers());
  }

  @Test
  void asksManyThingsAtOnceAndWaitsForAllInWhateverOrder() throws Exception {
    server.answers(
        "tools/call",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"b\":{\"method\":\"roots/list\"},"
            + "\"a\":{\"method\":\"sampling/createMessage\",\"params\":{}}}}",
        DONE);

    try (UpstreamReply.Events events = client.events(CALL)) {
      assertThat(next(events))
          .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"roots/list\"}");
      assertThat(next(events))
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"sampling/createMessage\",\"params\":{}}");
      client.send(response(2, "{\"role\":\"assistant\"}")).close();
      assertThat(server.sent("tools/call")).hasSize(1);
      client.send(response(1, "{\"roots\":[]}")).close();

      assertThat(next(events)).contains("\"content\":[]");
    }
    assertThat(text(server.last()))
        .contains(
            "\"inputResponses\":{\"b\":{\"roots\":[]},\"a\":{\"role\":\"assistant\"}},\"name\"");
  }

  @Test
  void asksRoundAfterRound() throws Exception {
    server.answers("tools/call", NAME, NAME.replace("s\\u0031", "two"), DONE);

    try (UpstreamReply.Events events = client.events(CALL)) {
      next(events);
      client.send(response(1, "{\"action\":\"accept\"}")).close();
      assertThat(next(events)).contains("\"id\":2,");
      client.send(response(2, "{\"action\":\"decline\"}")).close();
      assertThat(next(events)).contains("\"content\":[]");
    }
    assertThat(text(server.last()))
        .contains("{\"who\":{\"action\":\"decline\"}},\"requestState\":\"two\"");
  }

  @Test
  void endsACallThatAsksForEver() throws Exception {
    server.answers("tools/call", NAME);

    try (UpstreamReply.Events events = client.events(CALL)) {
      for (int i = 1; i <= 16; i++) {
        next(events);
        client.send(response(i, "{\"action\":\"accept\"}")).close();
      }
      assertThatThrownBy(events::next)
          .isInstanceOf(UpstreamException.class)
          .hasMessage("the server asked more than 16 times");
    }
    assertThat(server.sent("tools/call")).hasSize(17);
  }

  @Test
  void repeatsACallThatTheServerOnlyWantsToSeeAgain() throws Exception {
    server.answers(
        "tools/call", "{\"resultType\":\"input_required\",\"requestState\":\"later\"}", DONE);

    try (UpstreamReply.Events events = client.events(CALL)) {
      assertThat(next(events)).contains("\"content\":[]");
    }
    assertThat(text(server.last()))
        .contains("\"requestState\":\"later\"")
        .doesNotContain("inputResponses");
  }

  @Test
  void endsTheCallWithTheClientsOwnRefusal() throws Exception {
    server.answers(
        "tools/call",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":\"roots/list\"},"
            + "\"b\":{\"method\":\"roots/list\"}}}");

    try (UpstreamReply.Events events = client.events(CALL)) {
      next(events);
      next(events);
      client
          .send(
              "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-1,\"message\":\"User rejected\","
                  + " \"data\":[1.0]}}")
          .close();

      assertThat(next(events))
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
                  + "\"requestId\":1,\"reason\":\"another question of the same call was refused\"}}");
      assertThat(next(events))
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-1,\"message\":\"User rejected\","
                  + " \"data\":[1.0]}}");
      assertThat(events.next()).isEmpty();
    }
    assertThat(server.sent("tools/call")).hasSize(1);
  }

  @Test
  void givesElicitationsByUrlAnIdOfTheirOwn() throws Exception {
    server.answers(
        "tools/call",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":"
            + "\"elicitation/create\",\"params\":{\"mode\":\"url\",\"url\":\"https://a.b\"}}}}");

    try (UpstreamReply.Events events = client.events(CALL)) {
      assertThat(next(events))
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"elicitation/create\",\"params\":{"
                  + "\"elicitationId\":\"tollbar-1\",\"mode\":\"url\",\"url\":\"https://a.b\"}}");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"resultType\":\"input_required\"}",
        "{\"resultType\":\"input_required\",\"inputRequests\":[]}",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":1}}",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{}}}",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":\"x\",\"params\":1}}}",
        "{\"resultType\":\"task\",\"taskId\":\"t\"}"
      })
  void failsWhereTheServerAsksNothingThatCanBeAnswered(String result) {
    server.answers("tools/call", result);

    assertThatThrownBy(() -> client.send(CALL))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
  }

  @Test
  void passesTheEventsOfACallAsTheyCome() throws Exception {
    server.script("tools/call", this::stream);
    String progress =
        "{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1.0},"
            + "\"jsonrpc\":\"2.0\"}";

    try (UpstreamReply.Events events = client.events(CALL)) {
      FakeModernServer.Stream stream = server.listener();
      stream.comment(": still here\n\n").say(progress);
      assertThat(new String(events.next().orElseThrow().raw(), StandardCharsets.UTF_8))
          .isEqualTo(": still here\n\n");
      assertThat(next(events)).isEqualTo(progress);
      stream
          .say("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"roots/list\"}")
          .say("{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}")
          .answer(DONE);
      Event last = events.next().orElseThrow();
      String answer = "{\"result\":{\"content\":[]},\"jsonrpc\":\"2.0\",\"id\":1}";
      assertThat(new String(last.data(), StandardCharsets.UTF_8)).isEqualTo(answer);
      assertThat(new String(last.raw(), StandardCharsets.UTF_8))
          .isEqualTo("event: message\ndata: " + answer + "\n\n");
      assertThat(events.next()).isEmpty();
      assertThat(stream.closed()).isTrue();
    }
  }

  @Test
  void asksInTheMiddleOfAStream() throws Exception {
    server.script(
        "tools/call",
        this::stream,
        message -> new OneMessage(FakeModernServer.result(message, DONE)));

    try (UpstreamReply.Events events = client.events(CALL)) {
      server.listener().answer(NAME);
      assertThat(next(events)).contains("\"method\":\"elicitation/create\"");
      client.send(response(1, "{\"action\":\"cancel\"}")).close();
      assertThat(next(events)).contains("\"content\":[]");
    }
  }

  @Test
  void failsWhereTheStreamEndsBeforeTheAnswer() throws Exception {
    server.script("tools/call", this::stream);

    try (UpstreamReply.Events events = client.events(CALL)) {
      server.listener().end();
      assertThatThrownBy(events::next)
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN));
    }
  }

  @Test
  void endsTheServersStreamWhenTheClientCancels() throws Exception {
    server.script("tools/call", this::stream);
    try (UpstreamReply.Events events = client.events(CALL)) {
      FakeModernServer.Stream stream = server.listener();
      FutureTask<Optional<Event>> reading = start(events::next);

      cancel(1);

      assertThat(stream.closed()).isTrue();
      assertInterrupted(reading);
    }
  }

  @Test
  void endsTheWaitForAnAnswerWhenTheClientCancels() throws Exception {
    server.answers("tools/call", NAME);
    try (UpstreamReply.Events events = client.events(CALL)) {
      next(events);
      FutureTask<Optional<Event>> reading = start(events::next);

      cancel(1);

      assertInterrupted(reading);
    }
    client.send(response(1, "{\"action\":\"accept\"}")).close();
    assertThat(server.sent("tools/call")).hasSize(1);
  }

  @Test
  void endsARequestThatTheServerHasNotBegunToAnswer() throws Exception {
    CountDownLatch there = new CountDownLatch(1);
    server.script(
        "tools/call",
        _ -> {
          there.countDown();
          new CountDownLatch(1).await();
          throw new IllegalStateException("nobody opens the latch");
        });
    FutureTask<UpstreamReply> sending = start(() -> client.send(CALL));
    assertThat(there.await(20, TimeUnit.SECONDS)).isTrue();

    cancel(1);

    assertInterrupted(sending);
  }

  @Test
  void cancelsNothingElse() throws Exception {
    server.script("tools/call", this::stream);
    try (UpstreamReply.Events events = client.events(CALL)) {
      FakeModernServer.Stream stream = server.listener();
      cancel(2);
      client.send(response(44, "{}")).close();

      assertThat(stream.stillOpen()).isTrue();
      stream.answer(DONE);
      assertThat(next(events)).contains("\"content\":[]");
    }
  }

  @Test
  void endsAllCallsWithTheSession() throws Exception {
    server.script("tools/call", this::stream);
    try (UpstreamReply.Events events = client.events(CALL)) {
      FakeModernServer.Stream stream = server.listener();
      FutureTask<Optional<Event>> reading = start(events::next);

      line.close();

      assertThat(stream.closed()).isTrue();
      assertThat(reading.get(20, TimeUnit.SECONDS)).isEmpty();
    }
  }

  private UpstreamReply stream(UpstreamMessage message) {
    FakeModernServer.Stream stream = new FakeModernServer.Stream(message);
    server.opened(stream);
    return stream;
  }

  private void cancel(int id) throws Exception {
    client
        .send(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
                + id
                + "}}")
        .close();
  }

  private static <T> FutureTask<T> start(Callable<T> action) {
    FutureTask<T> task = new FutureTask<>(action);
    Thread.ofVirtual().start(task);
    return task;
  }

  private static void assertInterrupted(FutureTask<?> task) {
    assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }
}
