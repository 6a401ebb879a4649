package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Outcome;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.UpstreamOutcome;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a forwarded call, for the client, for its reservations and in its record. */
class OutcomeTest {
  private static final int LARGE = 400 * 1024;

  private final FakeRule rule = FakeRule.named("rule");
  private TestGateway gateway;
  private Knock session;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.policy(rule));
    session = gateway.session();
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  record Case(String what, FakeUpstream.Script script, Outcome outcome, String client) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final String BROKEN =
      "The server behind the gateway broke off before it answered.";
  private static final String NOT_MCP =
      "The server behind the gateway gave an answer that is not MCP.";

  private static Case fails(String what, FakeUpstream.Script script, String text) {
    return new Case(what, script, new Outcome.TransportFailed(), error(text));
  }

  private static String error(String text) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-31003,\"message\":\""
        + text
        + "\"}}";
  }

  static Stream<Case> cases() {
    Outcome answered = new Outcome.Answered(false, Optional.empty());
    return Stream.of(
        new Case(
            "a result",
            message -> FakeReply.of(FakeUpstream.result(message, "{\"x\":[1.0]}")),
            answered,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":[1.0]}}"),
        new Case(
            "a result of unknown length",
            message -> FakeReply.chunked(FakeUpstream.result(message, "{}")),
            answered,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"),
        new Case(
            "a tool error",
            message -> FakeReply.of(FakeUpstream.result(message, "{\"isError\":true}")),
            new Outcome.Answered(true, Optional.empty()),
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"isError\":true}}"),
        new Case(
            "a JSON-RPC error",
            message -> FakeReply.of(FakeUpstream.error(message, -32050)),
            new Outcome.ProtocolError(-32050),
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32050,\"message\":\"no\"}}"),
        new Case(
            "nobody there",
            FakeUpstream.failing(Reason.UNREACHABLE, false),
            new Outcome.NotDelivered(),
            error("The server behind the gateway cannot be reached.")),
        new Case(
            "no line free",
            FakeUpstream.failing(Reason.EXHAUSTED, false),
            new Outcome.NotDelivered(),
            error("The gateway can open no more lines to this server now.")),
        fails(
            "no room for the answer",
            FakeUpstream.failing(Reason.EXHAUSTED, true),
            "The gateway has no room for so large an answer now."),
        fails("broken off", FakeUpstream.failing(Reason.BROKEN, true), BROKEN),
        fails(
            "too late",
            FakeUpstream.failing(Reason.TIMEOUT, true),
            "The server behind the gateway did not answer in time."),
        fails(
            "refused",
            FakeUpstream.failing(Reason.REFUSED, true),
            "The server behind the gateway refused the request."),
        fails("no reply", _ -> new UpstreamReply.Accepted(), NOT_MCP),
        fails("HTML", _ -> FakeReply.of("<html>Bad gateway</html>"), NOT_MCP),
        fails("nothing at all", _ -> FakeReply.of(""), NOT_MCP),
        fails(
            "truncated JSON",
            _ -> FakeReply.of("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\""),
            NOT_MCP),
        fails(
            "another id",
            _ -> FakeReply.of("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}"),
            NOT_MCP),
        fails(
            "the id as a string",
            _ -> FakeReply.of("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{}}"),
            NOT_MCP),
        fails("no id", _ -> FakeReply.of("{\"jsonrpc\":\"2.0\",\"result\":{}}"), NOT_MCP),
        fails(
            "a request",
            _ -> FakeReply.of("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"),
            NOT_MCP),
        fails(
            "result and error",
            _ ->
                FakeReply.of("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{\"code\":1}}"),
            NOT_MCP),
        fails(
            "a connection that breaks in the reply",
            _ -> FakeReply.broken("{\"jsonrpc\":\"2.0\",\"id\":1,", OptionalLong.empty()),
            BROKEN));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void settlesAndAnswers(Case given) {
    gateway.upstream.answers(given.script());

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.status()).isEqualTo(200);
    assertThat(client.text().isEmpty() ? client.lastMessage().toString() : client.text())
        .isEqualTo(given.client());
    assertThat(rule.settled).containsExactly(given.outcome());
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.PERMIT);
    assertThat(record.upstream().kind()).isEqualTo(kind(given.outcome()));
    assertThat(gateway.post(session, TestGateway.request(1, "ping", "{}")).status()).isEqualTo(200);
  }

  private static UpstreamOutcome.Kind kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.NotDelivered _ -> UpstreamOutcome.Kind.NOT_DELIVERED;
      case Outcome.TransportFailed _ -> UpstreamOutcome.Kind.TRANSPORT_FAILED;
      case Outcome.Cancelled _ -> UpstreamOutcome.Kind.CANCELLED;
      case Outcome.ProtocolError _ -> UpstreamOutcome.Kind.PROTOCOL_ERROR;
      case Outcome.Answered(boolean isError, var _) ->
          isError ? UpstreamOutcome.Kind.TOOL_ERROR : UpstreamOutcome.Kind.ANSWERED;
    };
  }

  @Test
  void aSessionThatTheServerForgetsAsSoonAsItHasBegunEndsWith404() {
    gateway.upstream.fails(Reason.SESSION_LOST, false);

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.status()).isEqualTo(404);
    assertThat(client.text())
        .isEqualTo(error("The server behind the gateway has lost this session: begin anew."));
    assertThat(rule.settled).containsExactly(new Outcome.NotDelivered());
    assertThat(gateway.sessions.size()).isZero();
    assertThat(gateway.upstream.lastLine().alive()).isFalse();
    assertThat(gateway.post(session, TestGateway.pay(2)).status()).isEqualTo(404);
  }

  @Test
  void streamsALargeReplyAsItIs() {
    String result = "{\"text\":\"" + "x".repeat(LARGE) + "\",\"isError\":true}";
    gateway.upstream.answersResult(result);

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}");
    assertThat(client.complete()).isTrue();
    assertThat(rule.settled).containsExactly(new Outcome.Answered(true, Optional.empty()));
  }

  @Test
  void streamsALargeReplyOfUnknownLengthAsItIs() {
    String result = "{\"text\":\"" + "x".repeat(LARGE) + "\"}";
    gateway.upstream.answers(message -> FakeReply.chunked(FakeUpstream.result(message, result)));

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}");
    assertThat(client.complete()).isTrue();
    assertThat(rule.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
  }

  @Test
  void aLargeReplyThatBreaksOffNeverLooksComplete() {
    String whole = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";
    gateway.upstream.answers(_ -> FakeReply.broken(whole, OptionalLong.of(LARGE)));

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.complete()).isFalse();
    assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void streamsEventsAsTheyAre() {
    String progress = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}";
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event("id: 1\nretry: 500\n", ""),
            FakeUpstream.event(": comment\nevent: message\n", progress),
            FakeUpstream.event("not JSON-RPC"),
            FakeUpstream.event("id: 3\nx-new: 1\n", FakeUpstream.result(message, "{ }"))));

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.said())
        .containsExactly(
            "id: 1\nretry: 500\n\n",
            ": comment\nevent: message\ndata: " + progress + "\n\n",
            "id: 3\nx-new: 1\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{ }}\n\n");
    assertThat(client.complete()).isTrue();
    assertThat(rule.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
  }

  @Test
  void aStreamThatEndsWithoutAnAnswerIsAnError() {
    gateway.upstream.answers(_ ->
        FakeReply.events(
            FakeUpstream.event(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}")));

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.said()).hasSize(2);
    assertThat(client.lastMessage().toString()).isEqualTo(error(BROKEN));
    assertThat(client.complete()).isTrue();
    assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void aStreamWithIdsMayEndBeforeItsAnswer() {
    gateway.upstream.answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\nretry: 500\n", "")));

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.said()).containsExactly("id: 1\nretry: 500\n\n");
    assertThat(client.complete()).isTrue();
    assertThat(rule.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
  }

  @Test
  void aStreamThatBreaksIsAnErrorInTheStream() {
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event("id: 1\n", "")),
            () -> {
              throw new UpstreamException(Reason.TIMEOUT, true, 0, "secret words");
            }));

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.lastMessage().toString())
        .isEqualTo(error("The server behind the gateway did not answer in time."));
    assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
  }

  @Test
  void aClientThatLeavesDoesNotEndTheCall() {
    FakeReply.Stream[] stream = new FakeReply.Stream[1];
    String progress = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}";
    gateway.upstream.answers(message -> {
      stream[0] =
          FakeReply.events(
              FakeUpstream.event(progress),
              FakeUpstream.event(progress),
              FakeUpstream.event(FakeUpstream.result(message, "{}")));
      return stream[0];
    });
    for (int leavesAfter = 0; leavesAfter < 3; leavesAfter++) {
      RecordingClient client = new RecordingClient();
      client.leaveAfter(leavesAfter);

      gateway.post(session, TestGateway.pay(1), client);

      assertThat(stream[0].left()).isZero();
      assertThat(rule.settled)
          .hasSize(leavesAfter + 1)
          .last()
          .isEqualTo(new Outcome.Answered(false, Optional.empty()));
    }
    assertThat(gateway.records).hasSize(3);
  }

  @Test
  void aClientThatLeftBeforeTheReplyBeganHasUsedItsCall() {
    gateway.upstream.answers(
        message -> FakeReply.events(FakeUpstream.event(FakeUpstream.result(message, "{}"))));
    RecordingClient client = new RecordingClient();
    client.leave();
    gateway.post(session, TestGateway.pay(1), client);

    gateway.upstream.answersResult("{\"text\":\"" + "x".repeat(LARGE) + "\"}");
    gateway.post(session, TestGateway.pay(1), client);

    gateway.upstream.answersResult("{}");
    gateway.post(session, TestGateway.pay(1), client);

    assertThat(rule.settled).hasSize(3).containsOnly(new Outcome.Answered(false, Optional.empty()));
    assertThat(gateway.records).hasSize(3);
  }

  @Test
  void aCancelledCallIsCancelledAtTheServer() throws Exception {
    CountDownLatch in = gateway.upstream.hangs();
    RecordingClient client = new RecordingClient();
    Thread call = Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), client));
    in.await();

    cancels();
    call.join();

    assertCancelled();
    assertThat(client.text()).isEqualTo(CANCELLED);
    assertThat(client.interruptedWhenAnswered()).isFalse();
  }

  @Test
  void aCallThatIsCancelledInItsStreamIsAnsweredInItsStream() throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event("id: 1\n", "")),
            () -> {
              in.countDown();
              new CountDownLatch(1).await();
              return Optional.empty();
            }));
    RecordingClient client = new RecordingClient();
    Thread call = Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), client));
    in.await();

    cancels();
    call.join();

    assertCancelled();
    assertThat(client.said()).hasSize(2);
    assertThat(client.lastMessage().toString()).isEqualTo(CANCELLED);
    assertThat(client.complete()).isTrue();
  }

  private static final String CANCELLED =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32800,\"message\":"
          + "\"The client cancelled this request.\"}}";

  private void cancels() {
    RecordingClient other =
        gateway.post(
            session, TestGateway.notification("notifications/cancelled", "{\"requestId\":1}"));
    assertThat(other.status()).isEqualTo(202);
  }

  private void assertCancelled() {
    assertThat(gateway.upstream.texts())
        .last()
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                + "\"params\":{\"requestId\":1}}");
    assertThat(rule.settled).containsExactly(new Outcome.Cancelled());
    assertThat(gateway.records).hasSize(1);
    assertThat(gateway.records.getFirst().decision()).isEqualTo(DecisionRecord.Decision.PERMIT);
    assertThat(gateway.records.getFirst().upstream().kind())
        .isEqualTo(UpstreamOutcome.Kind.CANCELLED);
    // The thread is free for the next call, which nothing interrupts.
    gateway.upstream.answersResult("{}");
    assertThat(gateway.post(session, TestGateway.pay(1)).text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  @Test
  void aCallThatIsCancelledWhileARuleWorksIsNeverForwarded() throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    rule.evaluates(_ -> {
      in.countDown();
      new CountDownLatch(1).await();
      throw new IllegalStateException("nobody opens the latch");
    });
    RecordingClient client = new RecordingClient();
    Thread call = Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), client));
    in.await();

    cancels();
    call.join();

    assertThat(client.text()).isEqualTo(CANCELLED);
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
    assertThat(record.code()).contains("cancelled");
    assertThat(record.upstream().kind()).isEqualTo(UpstreamOutcome.Kind.NONE);
  }

  @Test
  void nobodyCancelsTheCallsOfAnother() throws Exception {
    CountDownLatch in = gateway.upstream.hangs();
    RecordingClient client = new RecordingClient();
    Thread call = Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), client));
    in.await();
    Knock desktop = gateway.session(TestGateway.DESKTOP);

    gateway.post(desktop, TestGateway.notification("notifications/cancelled", "{\"requestId\":1}"));

    assertThat(rule.settled).isEmpty();
    assertThat(call.isAlive()).isTrue();
    cancels();
    call.join();
    assertThat(rule.settled).containsExactly(new Outcome.Cancelled());
  }

  @Test
  void anIdIsTakenWhileItsRequestIsOpen() throws Exception {
    CountDownLatch in = gateway.upstream.hangs();
    Thread call =
        Thread.ofVirtual()
            .start(() -> gateway.post(session, TestGateway.pay(1), new RecordingClient()));
    in.await();

    RecordingClient second = gateway.post(session, TestGateway.pay(1));

    assertThat(second.status()).isEqualTo(400);
    assertThat(second.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32600,\"message\":"
                + "\"A request of this id is still open.\"}}");
    assertThat(gateway.upstream.requests()).hasSize(1);
    cancels();
    call.join();
  }

  @Test
  void anIdIsFreeAgainWhenItsRequestIsAnswered() {
    RecordingClient second = new RecordingClient();
    RecordingClient first = new RecordingClient();
    first.whenAnswered(() -> gateway.post(session, TestGateway.pay(1), second));

    gateway.post(session, TestGateway.pay(1), first);

    assertThat(first.status()).isEqualTo(200);
    assertThat(second.status()).isEqualTo(200);
  }

  @Test
  void endingTheSessionEndsItsCalls() throws Exception {
    CountDownLatch in = gateway.upstream.hangs();
    Thread call =
        Thread.ofVirtual()
            .start(() -> gateway.post(session, TestGateway.pay(1), new RecordingClient()));
    in.await();

    gateway.gateway().end(session.with("", gateway.clock.instant()), new RecordingClient());
    call.join();

    assertThat(rule.settled).containsExactly(new Outcome.Cancelled());
  }
}
