package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Call;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.Policy;
import dev.tollbar.state.Approval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wire facts, section 6.12: several rounds are one call, and each is decided. */
class RoundsTest {
  private static final String ASKS =
      "{\"resultType\":\"input_required\",\"inputRequests\":{\"k\":{\"method\":"
          + "\"elicitation/create\",\"params\":{\"message\":\"Sure?\"}}},\"requestState\":\"s 1\"}";
  private static final String ANSWERS =
      ",\"inputResponses\":{\"k\":{\"action\":\"accept\"}},\"requestState\":\"s 1\"";

  @TempDir private Path data;

  private final FakeRule rule = FakeRule.named("rule");
  private final Deque<TestGateway> opened = new ArrayDeque<>();
  private TestGateway gateway;

  @BeforeEach
  void open() throws Exception {
    gateway = gateway(TestGateway.policy(rule));
  }

  @AfterEach
  void close() {
    opened.forEach(TestGateway::close);
  }

  private TestGateway gateway(Policy policy) throws IOException {
    TestGateway next = TestGateway.in(Files.createTempDirectory(data, "gateway"), policy);
    opened.push(next);
    next.knows("pay", "{}");
    next.upstream.answersResult(ASKS);
    return next;
  }

  private RecordingClient send(String body) {
    return gateway.modern().send(body);
  }

  /** Which of the calls so far were later rounds of others. */
  private List<Boolean> continued() {
    return rule.reserved.stream().map(Call::continued).toList();
  }

  @Test
  void countsTheCallOnceOverItsRounds() {
    RecordingClient first = send(ModernClient.pay(1));
    RecordingClient second = send(ModernClient.pay(2, ANSWERS));
    gateway.upstream.answersResult("{\"resultType\":\"complete\"}");
    RecordingClient third = send(ModernClient.pay(3, ANSWERS));

    assertThat(first.text()).isEqualTo(ModernClient.result("1", ASKS));
    assertThat(second.text()).isEqualTo(ModernClient.result("2", ASKS));
    assertThat(third.text()).isEqualTo(ModernClient.result("3", "{\"resultType\":\"complete\"}"));
    assertThat(continued()).containsExactly(false, true, true);
    // Each round is decided on its own, and settles on its own.
    assertThat(rule.evaluated).hasSize(3);
    assertThat(rule.evaluated).extracting(Call::continued).containsExactly(false, true, true);
    assertThat(rule.settled).hasSize(3).containsOnly(new Outcome.Answered(false, Optional.empty()));
    assertThat(gateway.records).hasSize(3);
    assertThat(gateway.upstream.requests())
        .containsExactly(
            ModernClient.pay(1), ModernClient.pay(2, ANSWERS), ModernClient.pay(3, ANSWERS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"inputResponses\":{}",
        ",\"requestState\":\"s 1\"",
        ",\"requestState\":\"\"",
        ",\"requestState\":null,\"inputResponses\":null"
      })
  void aRoundIsWhatSaysThatItIsOne(String more) {
    send(ModernClient.pay(1));
    send(ModernClient.pay(2, more));

    assertThat(continued()).containsExactly(false, true);
  }

  @Test
  void underAnotherRevisionARepetitionIsAnotherCall() {
    send(ModernClient.pay(1));
    gateway.live.replace(gateway.revision("r2", TestGateway.policy(rule), () -> {}));
    send(ModernClient.pay(2, ANSWERS));

    assertThat(continued()).containsExactly(false, false);
  }

  @Test
  void theSameCallWithoutAnswersIsAnotherCall() {
    send(ModernClient.pay(1));
    send(ModernClient.pay(2));

    assertThat(continued()).containsExactly(false, false);
  }

  @Test
  void nobodyBeginsWithALaterRound() {
    send(ModernClient.pay(1, ANSWERS));

    assertThat(continued()).containsExactly(false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"name\":\"pay\",\"arguments\":{\"amount\":500}",
        "\"name\":\"pay\",\"arguments\":{\"amount\":5,\"to\":\"me\"}",
        "\"name\":\"pay\",\"arguments\":{\"amount\":\"5\"}",
        "\"name\":\"pay\",\"arguments\":{}",
        "\"name\":\"pay\"",
      })
  void changedArgumentsCountAnew(String params) {
    send(ModernClient.pay(1));
    send(ModernClient.request("2", "tools/call", params + ANSWERS));
    // The round is still there for the call that it belongs to.
    send(ModernClient.pay(3, ANSWERS));

    assertThat(continued()).containsExactly(false, false, true);
  }

  @Test
  void anotherToolCountsAnew() {
    send(
        ModernClient.request("1", "tools/call", "\"name\":\"other\",\"arguments\":{\"amount\":5}"));
    send(ModernClient.pay(2, ANSWERS));

    assertThat(continued()).containsExactly(false);
  }

  @Test
  void aReplayedRoundCountsAnew() {
    send(ModernClient.pay(1));
    gateway.upstream.answersResult("{}");
    send(ModernClient.pay(2, ANSWERS));
    send(ModernClient.pay(2, ANSWERS));
    send(ModernClient.pay(3, ANSWERS));

    assertThat(continued()).containsExactly(false, true, false, false);
  }

  @Test
  void everyQuestionIsGoodForOneAnswer() {
    send(ModernClient.pay(1));
    send(ModernClient.pay(2));
    gateway.upstream.answersResult("{}");
    send(ModernClient.pay(3, ANSWERS));
    send(ModernClient.pay(4, ANSWERS));
    send(ModernClient.pay(5, ANSWERS));

    assertThat(continued()).containsExactly(false, false, true, true, false);
  }

  @Test
  void anotherGrantsRoundCountsAnew() {
    send(ModernClient.pay(1));
    new ModernClient(gateway, TestGateway.DESKTOP).send(ModernClient.pay(2, ANSWERS));
    send(ModernClient.pay(3, ANSWERS));

    assertThat(continued()).containsExactly(false, false, true);
    assertThat(rule.reserved)
        .extracting(Call::grant)
        .containsExactly("laptop", "desktop", "laptop");
  }

  @Test
  void aRoundWaitsForAnHour() {
    send(ModernClient.pay(1));
    gateway.clock.step(Duration.ofMinutes(59));
    send(ModernClient.pay(2, ANSWERS));
    gateway.clock.step(Duration.ofMinutes(60));
    send(ModernClient.pay(3, ANSWERS));

    assertThat(continued()).containsExactly(false, true, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"resultType\":\"complete\"}",
        "{\"isError\":true,\"resultType\":\"complete\"}",
      })
  void aResultThatIsTheEndOpensNoRound(String result) {
    gateway.upstream.answersResult(result);
    send(ModernClient.pay(1));
    send(ModernClient.pay(2, ANSWERS));

    assertThat(continued()).containsExactly(false, false);
  }

  @Test
  void aDeniedOrFailedRoundOpensNone() {
    rule.denies("No.");
    send(ModernClient.pay(1));
    rule.evaluates(_ -> Verdict.permit());
    gateway.upstream.fails(Reason.BROKEN, true);
    send(ModernClient.pay(2));
    gateway.upstream.answersResult(ASKS);
    send(ModernClient.pay(3, ANSWERS));

    assertThat(continued()).containsExactly(false, false);
  }

  @Test
  void sessionsHaveNoRounds() {
    Knock session = gateway.session();
    gateway.post(session, TestGateway.pay(1));
    gateway.post(
        session,
        TestGateway.request(
            2, "tools/call", "{\"name\":\"pay\",\"arguments\":{\"amount\":5}" + ANSWERS + "}"));

    assertThat(continued()).containsExactly(false, false);
  }

  @Test
  void aTamperedStateIsTheServersAffair() {
    send(ModernClient.pay(1));
    String tampered =
        ModernClient.pay(2, ",\"requestState\":\"s\\u0020 2 ü\",\"inputResponses\":{}");
    gateway.upstream.answers(
        _ -> FakeReply.of(400, ModernClient.error("2", -32602, "Not my state.")));

    RecordingClient told = send(tampered);

    assertThat(gateway.upstream.requests()).last().isEqualTo(tampered);
    assertThat(told.status()).isEqualTo(400);
    assertThat(told.text()).isEqualTo(ModernClient.error("2", -32602, "Not my state."));
    assertThat(rule.settled).last().isEqualTo(new Outcome.ProtocolError(-32602));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompts/get | \"name\":\"pay\",\"arguments\":{\"a\":\"b\"}",
        "resources/read | \"uri\":\"pay\"",
      })
  void promptsAndResourcesHaveRoundsToo(String method, String params) throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    gateway = gateway(Policies.everywhere(asking));
    String first = ModernClient.request("1", method, params);
    send(first);
    gateway.people(true);
    assertThat(send(first).text()).isEqualTo(ModernClient.result("1", ASKS));

    send(ModernClient.request("2", method, params + ANSWERS));

    assertThat(asking.reserved).extracting(Call::continued).containsExactly(false, true);
  }

  @Test
  void askingAPersonOnceIsEnough() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    gateway = gateway(TestGateway.policy(asking));
    send(ModernClient.pay(1));
    gateway.people(true);

    assertThat(send(ModernClient.pay(2)).text()).isEqualTo(ModernClient.result("2", ASKS));
    assertThat(send(ModernClient.pay(3, ANSWERS)).text()).isEqualTo(ModernClient.result("3", ASKS));
    gateway.upstream.answersResult("{}");
    assertThat(send(ModernClient.pay(4, ANSWERS)).text()).isEqualTo(ModernClient.result("4", "{}"));
    assertThat(gateway.state.approvals().list(gateway.clock.instant())).hasSize(1);
    assertThat(gateway.approval()).isEqualTo(Approval.Status.USED);

    // Replayed, it is another call, and nobody has approved that.
    RecordingClient replayed = send(ModernClient.pay(4, ANSWERS));
    assertThat(replayed.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(replayed.json().path("result").path("resultType").asText()).isEqualTo("complete");
    assertThat(gateway.upstream.requests()).hasSize(3);
  }

  @Test
  void aPersonIsAskedAnewForOtherArguments() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    gateway = gateway(TestGateway.policy(asking));
    send(ModernClient.pay(1));
    gateway.people(true);
    send(ModernClient.pay(2));

    RecordingClient told =
        send(
            ModernClient.request(
                "3", "tools/call", "\"name\":\"pay\",\"arguments\":{\"amount\":6}" + ANSWERS));

    assertThat(told.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(gateway.upstream.requests()).containsExactly(ModernClient.pay(2));
  }

  @Test
  void aRoundInAStreamIsOneToo() {
    gateway.upstream.answers(
        message -> FakeReply.events(FakeUpstream.event(FakeUpstream.result(message, ASKS))));

    RecordingClient told = send(ModernClient.pay(1));
    send(ModernClient.pay(2, ANSWERS));

    assertThat(told.said()).containsExactly("data: " + ModernClient.result("1", ASKS) + "\n\n");
    assertThat(continued()).containsExactly(false, true);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRoundIsOneHoweverLargeItsQuestion(boolean chunked) {
    String large = ASKS.replace("s 1", "x".repeat(400 * 1024));
    gateway.upstream.answers(message ->
        chunked
            ? FakeReply.chunked(FakeUpstream.result(message, large))
            : FakeReply.of(FakeUpstream.result(message, large)));

    RecordingClient told = send(ModernClient.pay(1));
    send(ModernClient.pay(2, ANSWERS));

    assertThat(told.text().equals(ModernClient.result("1", large))).isTrue();
    assertThat(continued()).containsExactly(false, true);
  }

  @Test
  void countsRoundsAsLimitsDo() throws Exception {
    // A limit of one: a later round is not counted, another call is.
    Deque<Call> counted = new ArrayDeque<>();
    Function<Call, Boolean> admits =
        call -> {
          if (!call.continued()) {
            counted.add(call);
          }
          return counted.size() <= 1;
        };
    FakeRule limit = FakeRule.named("limit");
    limit.reserves(call ->
        admits.apply(call)
            ? Reservation.NOTHING
            : Reservation.refused(Verdict.overLimit("One.", Duration.ofSeconds(7), "0")));
    gateway = gateway(TestGateway.policy(limit));

    assertThat(send(ModernClient.pay(1)).text()).isEqualTo(ModernClient.result("1", ASKS));
    assertThat(send(ModernClient.pay(2, ANSWERS)).text()).isEqualTo(ModernClient.result("2", ASKS));
    RecordingClient other = send(ModernClient.pay(3));

    assertThat(other.toolText()).isEqualTo("[POLICY DENIED] One.");
    assertThat(other.denial().path("code").asText()).isEqualTo("limit");
  }
}
