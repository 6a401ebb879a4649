package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Outcome;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.UpstreamOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Wire facts, sections 6.2, 6.3 and 6.5: a client of 2026-07-28 cancels by leaving, which the
 * gateway can only notice by writing to it.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES) // so that a call that nobody cancels ends the test
class LeavingTest {
  private static final String COMMENT = ":\n\n";
  private static final String PROGRESS =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progress\":1}}";

  private final FakeRule rule = FakeRule.named("rule");
  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.impatient(data, TestGateway.policy(rule));
    gateway.knows("pay", "{}");
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private static RecordingClient leaving() {
    RecordingClient client = new RecordingClient();
    client.leave();
    return client;
  }

  /** What was said but for the gateway's own comments. */
  private static List<String> messages(RecordingClient client) {
    return client.said().stream().filter(it -> !it.equals(COMMENT)).toList();
  }

  private void assertCancelled() {
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(rule.settled).containsExactly(new Outcome.Cancelled());
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.PERMIT);
    assertThat(record.upstream().kind()).isEqualTo(UpstreamOutcome.Kind.CANCELLED);
    assertUsable();
  }

  private void assertUsable() {
    gateway.upstream.answersResult("{}");
    RecordingClient next = gateway.modern().send(ModernClient.pay(1));
    assertThat(next.text().isEmpty() ? next.lastMessage().toString() : next.text())
        .isEqualTo(ModernClient.result("1", "{}"));
  }

  @Test
  void aClientThatLeavesBeforeTheServerAnswersCancelsItsCall() {
    CountDownLatch in = gateway.upstream.hangs();

    // Comes back only because somebody noticed.
    gateway.modern().send(ModernClient.pay(1), leaving());

    assertThat(in.getCount()).isZero();
    assertCancelled();
  }

  @Test
  void aClientThatLeavesAfterAWhileCancelsItsCall() {
    gateway.upstream.hangs();
    RecordingClient client = new RecordingClient();
    client.leaveAfter(2);

    gateway.modern().send(ModernClient.pay(1), client);

    assertThat(client.said()).containsExactly(COMMENT, COMMENT);
    assertThat(client.complete()).isFalse();
    assertCancelled();
  }

  @Test
  void aClientThatLeavesItsStreamClosesTheServers() {
    FakeReply.Stream[] stream = new FakeReply.Stream[1];
    gateway.upstream.answers(_ -> {
      stream[0] =
          FakeReply.steps(
              () -> Optional.of(FakeUpstream.event(PROGRESS)),
              () -> {
                new CountDownLatch(1).await();
                return Optional.empty();
              });
      return stream[0];
    });
    RecordingClient client = new RecordingClient();
    client.leaveAfter(1);

    gateway.modern().send(ModernClient.pay(1), client);

    assertThat(stream[0].closed()).isTrue();
    assertThat(client.said()).hasSize(1);
    assertCancelled();
  }

  @Test
  void aClientThatLeavesABusyStreamClosesTheServers() {
    // An endless stream: without the client nobody would read it.
    FakeReply.Stream stream = FakeReply.steps(() -> Optional.of(FakeUpstream.event(PROGRESS)));
    gateway.upstream.answers(_ -> stream);
    RecordingClient client = new RecordingClient();
    client.leaveAfter(3);

    gateway.modern().send(ModernClient.pay(1), client);

    assertThat(stream.closed()).isTrue();
    assertCancelled();
  }

  @Test
  void aClientThatLeavesWhileARuleWorksIsNeverForwarded() {
    rule.evaluates(_ -> {
      new CountDownLatch(1).await();
      throw new IllegalStateException("nobody opens the latch");
    });

    gateway.modern().send(ModernClient.pay(1), leaving());

    assertThat(gateway.upstream.texts()).isEmpty();
    assertThat(rule.reserved).isEmpty();
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
    assertThat(record.code()).contains("cancelled");
    rule.evaluates(_ -> Verdict.permit());
    assertUsable();
  }

  @Test
  void aSessionsCallGoesOnWhenItsClientLeaves() throws Exception {
    Knock session = gateway.session();
    CountDownLatch answers = new CountDownLatch(1);
    gateway.upstream.answers(message -> {
      answers.await();
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });
    Thread call =
        Thread.ofVirtual().start(() -> gateway.post(session, TestGateway.pay(1), leaving()));
    // Another call that takes longer than the gateway's patience, and is shown that it is there.
    RecordingClient other = new RecordingClient();
    Thread modern =
        Thread.ofVirtual().start(() -> gateway.modern().send(ModernClient.pay(1), other));
    other.awaitSaid(COMMENT);

    assertThat(rule.settled).isEmpty();
    answers.countDown();
    call.join();
    modern.join();
    assertThat(rule.settled).hasSize(2).containsOnly(new Outcome.Answered(false, Optional.empty()));
  }

  @Test
  void aFastAnswerIsPlainJson(@TempDir Path other) throws Exception {
    try (TestGateway patient = TestGateway.in(other, TestGateway.open())) {
      RecordingClient told = patient.modern().send(ModernClient.pay(1));

      assertThat(told.said()).isEmpty();
      assertThat(told.text()).isEqualTo(ModernClient.result("1", "{}"));
    }
  }

  /** Answers when the client has been shown that the gateway is there. */
  private RecordingClient slowly(FakeUpstream.Script answer) {
    RecordingClient client = new RecordingClient();
    gateway.upstream.answers(message -> {
      client.awaitSaid(COMMENT);
      return answer.answer(message);
    });
    gateway.modern().send(ModernClient.pay(1), client);
    return client;
  }

  private static void assertToldInAStream(RecordingClient client, String json) {
    assertThat(client.status()).isEqualTo(200);
    List<String> said = client.said();
    assertThat(said.subList(0, said.size() - 1)).isNotEmpty().containsOnly(COMMENT);
    assertThat(said.getLast()).isEqualTo("event: message\ndata: " + json + "\n\n");
    assertThat(client.complete()).isTrue();
  }

  @Test
  void aSlowAnswerComesAfterComments() {
    assertToldInAStream(
        slowly(message -> FakeReply.of(FakeUpstream.result(message, "{\"n\":1.0}"))),
        ModernClient.result("1", "{\"n\":1.0}"));
    assertThat(rule.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSlowLargeAnswerComesAfterComments(boolean chunked) {
    String result = "{\"text\":\"" + "x".repeat(400 * 1024) + "\"}";

    RecordingClient client =
        slowly(message ->
            chunked
                ? FakeReply.chunked(FakeUpstream.result(message, result))
                : FakeReply.of(FakeUpstream.result(message, result)));

    assertThat(client.said().getLast())
        .isEqualTo("event: message\ndata: " + ModernClient.result("1", result) + "\n\n");
    assertThat(client.complete()).isTrue();
  }

  @Test
  void section17ARequestThatIsRefusedLateIsRefusedInItsStream() {
    String error = ModernClient.error("1", -32602, "Unknown tool.");

    assertToldInAStream(slowly(_ -> FakeReply.of(400, error)), error);
  }

  @Test
  void aSlowFailureIsToldInTheStream() {
    assertToldInAStream(
        slowly(FakeUpstream.failing(Reason.TIMEOUT, true)),
        ModernClient.error("1", -31003, "The server behind the gateway did not answer in time."));
    assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
  }

  @Test
  void aSlowDenialIsToldInTheStream() {
    RecordingClient client = new RecordingClient();
    rule.evaluates(_ -> {
      client.awaitSaid(COMMENT);
      return Verdict.deny("No.");
    });

    gateway.modern().send(ModernClient.pay(1), client);

    assertToldInAStream(
        client,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":"
            + "\"[POLICY DENIED] No.\"}],\"isError\":true,\"resultType\":\"complete\",\"_meta\":"
            + "{\"dev.tollbar/denial\":{\"code\":\"rule\",\"rule\":\"/policies/p/tools/pay/rule\","
            + "\"final\":true,\"retryAfterMs\":0}}}}");
    assertThat(gateway.upstream.texts()).isEmpty();
  }

  @Test
  void section63WhatIsSaidOfACallComesBeforeItsAnswer() {
    String second = PROGRESS.replace(":1}", ":2}");
    RecordingClient client =
        slowly(message ->
            FakeReply.events(
                FakeUpstream.event(": one\n", ""),
                FakeUpstream.event("id: 1\nretry: 5\n", PROGRESS),
                FakeUpstream.event("event: message\nx-new: y\n", second),
                FakeUpstream.event(FakeUpstream.result(message, "{}")),
                FakeUpstream.event(PROGRESS)));

    List<String> said = messages(client);
    assertThat(client.said().getFirst()).isEqualTo(COMMENT);
    assertThat(said)
        .containsExactly(
            ": one\n\n",
            "id: 1\nretry: 5\ndata: " + PROGRESS + "\n\n",
            "event: message\nx-new: y\ndata: " + second + "\n\n",
            "data: " + ModernClient.result("1", "{}") + "\n\n");
    assertThat(client.complete()).isTrue();
  }

  @Test
  void section62AnEventReachesTheClientBeforeTheNextIsThere() {
    RecordingClient client = new RecordingClient();
    gateway.upstream.answers(message ->
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event(PROGRESS)),
            () -> {
              client.awaitSaid(PROGRESS);
              return Optional.of(FakeUpstream.event(FakeUpstream.result(message, "{}")));
            }));

    gateway.modern().send(ModernClient.pay(1), client);

    assertThat(client.lastMessage()).hasToString(ModernClient.result("1", "{}"));
  }

  @Test
  void section17AServerAsksForNothingInAStream() {
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"roots/list\",\"params\":{}}"),
            FakeUpstream.event(
                "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"elicitation/create\"}"),
            FakeUpstream.event("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{\"not\":\"it\"}}"),
            FakeUpstream.event("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"not\":\"it\"}}"),
            FakeUpstream.event("{\"method\":\"a\",\"method\":\"b\"}"),
            FakeUpstream.event("not JSON"),
            FakeUpstream.event(PROGRESS),
            FakeUpstream.event(FakeUpstream.result(message, "{}"))));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(messages(told))
        .containsExactly(
            "data: " + PROGRESS + "\n\n", "data: " + ModernClient.result("1", "{}") + "\n\n");
    // Nobody answers them either: the server was not to ask.
    assertThat(gateway.upstream.texts()).containsExactly(ModernClient.pay(1));
  }

  @Test
  void aStreamThatEndsBeforeItsAnswerIsAnErrorInTheStream() {
    String broke = "The server behind the gateway broke off before it answered.";
    gateway.upstream.answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\n", PROGRESS)));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    // An id helps nobody: nothing can be asked for again.
    assertThat(messages(told))
        .containsExactly(
            "id: 1\ndata: " + PROGRESS + "\n\n",
            "event: message\ndata: " + ModernClient.error("1", -31003, broke) + "\n\n");
    assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
    assertUsable();
  }

  @Test
  void aStreamThatBreaksIsAnErrorInTheStream() {
    gateway.upstream.answers(_ ->
        FakeReply.steps(
            () -> Optional.of(FakeUpstream.event(PROGRESS)),
            () -> {
              throw new UpstreamException(Reason.BROKEN, true, 0, "secret words");
            }));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.lastMessage())
        .hasToString(
            ModernClient.error(
                "1", -31003, "The server behind the gateway broke off before it answered."));
    assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
  }
}
