package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Call;
import dev.tollbar.api.Outcome;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers ask of clients inside of results (2026-07-28): only as the policy permits. */
class InputRequestsTest {
  private static final int LARGE = 400 * 1024;

  @TempDir private Path data;

  private final Deque<TestGateway> opened = new ArrayDeque<>();

  @AfterEach
  void close() {
    opened.forEach(TestGateway::close);
  }

  private TestGateway gateway(Policy policy) throws IOException {
    TestGateway gateway = TestGateway.in(data, policy);
    opened.push(gateway);
    gateway.knows("pay", "{}");
    return gateway;
  }

  private static String asking(String method) {
    return asking(method, "");
  }

  private static String asking(String method, String more) {
    return "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":\""
        + method
        + "\",\"params\":{\"secret\":\"for the model\"}}}"
        + more
        + "}";
  }

  private static String refused(String id, String what) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"[POLICY DENIED] The server asks for %s, which the gateway's policy does not permit.\"}],\"isError\":true,\"resultType\":\"complete\",\"_meta\":{\"dev.tollbar/denial\":{\"code\":\"rule\",\"rule\":\"/policies/p/server_requests\",\"final\":true,\"retryAfterMs\":0}}}}"
        .formatted(id, what);
  }

  private static void assertRefused(TestGateway gateway, RecordingClient told, String what) {
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(refused("1", what));
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
    assertThat(record.code()).contains("rule");
    gateway.upstream.answersResult("{}");
    assertThat(gateway.modern().send(ModernClient.pay(2)).text())
        .isEqualTo(ModernClient.result("2", "{}"));
  }

  @ParameterizedTest
  @CsvSource({
    "sampling/createMessage, SAMPLING",
    "elicitation/create, ELICITATION",
    "roots/list, ROOTS",
  })
  void refusesWhatThePolicyDoesNotPermit(String method, ServerRequest refused) throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(refused));
    gateway.upstream.answersResult(asking(method));

    assertRefused(gateway, gateway.modern().send(ModernClient.pay(1)), method);
  }

  @Test
  void aServerThatWaitsForAnAnswerIsToldThatNoneWillCome() throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.ELICITATION));
    gateway.upstream.answersResult(asking("elicitation/create", ",\"requestState\":\"s1\""));
    gateway.modern().send(ModernClient.pay(1));
    gateway.upstream.answersResult(asking("roots/list", ",\"requestState\":\"s2\""));
    gateway.modern().send(ModernClient.pay(2));

    assertThat(gateway.upstream.withdrawn()).containsExactly("s1");
  }

  @ParameterizedTest
  @CsvSource({"SAMPLING, false", "ROOTS, true"})
  void aNotificationThatAsksIsForThePolicyToo(ServerRequest refused, boolean passes)
      throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(refused));
    String asks =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tasks\",\"params\":{\"inputRequests\":"
            + "{\"a\":{\"method\":\"sampling/createMessage\"}}}}";
    gateway.upstream.answers(_ ->
        FakeReply.events(
            FakeUpstream.event("", asks), FakeUpstream.event("", ModernClient.result("1", "{}"))));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.messages()).hasSize(passes ? 2 : 1);
    assertThat(told.messages().getLast()).contains(ModernClient.result("1", "{}"));
  }

  @ParameterizedTest
  @EnumSource(ServerRequest.class)
  void passesWhatThePolicyPermits(ServerRequest refused) throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(refused));
    String result = asking(refused == ServerRequest.ROOTS ? "elicitation/create" : "roots/list");
    gateway.upstream.answersResult(result);

    assertThat(gateway.modern().send(ModernClient.pay(1)).text())
        .isEqualTo(ModernClient.result("1", result));
  }

  @ParameterizedTest
  @CsvSource({
    "tools/call, tools/call",
    "ping, this request",
    "'', this request",
    "Elicitation/create, this request",
    "secret words of the server, this request",
  })
  void refusesWhatNoServerMayAsk(String method, String named) throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    gateway.upstream.answersResult(asking(method));

    assertRefused(gateway, gateway.modern().send(ModernClient.pay(1)), named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"inputRequests\":{\"a\":{}}}",
        "{\"inputRequests\":{\"a\":{\"method\":5}}}",
        "{\"inputRequests\":{\"a\":null}}",
        "{\"inputRequests\":{\"a\":\"elicitation/create\"}}",
        "{\"resultType\":\"complete\",\"inputRequests\":{\"a\":{}}}",
        "{\"inputRequests\":[{}]}",
      })
  void refusesQuestionsThatItCannotRead(String result) throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    gateway.upstream.answersResult(result);

    assertRefused(gateway, gateway.modern().send(ModernClient.pay(1)), "this request");
  }

  @Test
  void refusesAllQuestionsForTheSakeOfOne() throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.SAMPLING));
    gateway.upstream.answersResult(
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":\"roots/list\"},"
            + "\"b\":{\"method\":\"sampling/createMessage\"}}}");

    assertRefused(gateway, gateway.modern().send(ModernClient.pay(1)), "sampling/createMessage");
  }

  @Test
  void passesNoQuestionThatCanBeReadInTwoWays() throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.SAMPLING));
    gateway.upstream.answersResult(
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":"
            + "\"sampling/createMessage\",\"method\":\"roots/list\"}}}");

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.text())
        .isEqualTo(
            ModernClient.error(
                "1", -31003, "The server behind the gateway gave an answer that is not MCP."));
  }

  @Test
  void refusesThemInAStreamToo() throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.ELICITATION));
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(
                ": c\n", FakeUpstream.result(message, asking("elicitation/create")))));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.said())
        .containsExactly(": c\ndata: " + refused("1", "elicitation/create") + "\n\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void section617RefusesThemInALargeResultToo(boolean chunked) throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.ELICITATION));
    String result = asking("elicitation/create", ",\"requestState\":\"" + "x".repeat(LARGE) + "\"");
    gateway.upstream.answers(message ->
        chunked
            ? FakeReply.chunked(FakeUpstream.result(message, result))
            : FakeReply.of(FakeUpstream.result(message, result)));

    assertRefused(gateway, gateway.modern().send(ModernClient.pay(1)), "elicitation/create");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void section617PassesALargeResultByteByByte(boolean refusing) throws Exception {
    TestGateway gateway =
        gateway(refusing ? TestGateway.refusing(ServerRequest.values()) : TestGateway.open());
    String result =
        "{\"content\":[{\"n\":1.50,\"text\":\""
            + "\\u00e9".repeat(LARGE / 6)
            + "\"}] ,\"resultType\":\"complete\"}";
    gateway.upstream.answersResult(result);

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.text().equals(ModernClient.result("1", result))).isTrue();
    assertThat(told.complete()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"prompts/get | \"name\":\"a\"", "resources/read | \"uri\":\"a:1\""})
  void refusesThemWhereThereIsNoToolError(String method, String params) throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.ROOTS));
    gateway.upstream.answersResult(asking("roots/list"));

    RecordingClient told = gateway.modern().send(ModernClient.request("\"1\"", method, params));

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":-31010,\"message\":"
                + "\"[POLICY DENIED] The server asks for roots/list, which the gateway's policy"
                + " does not permit.\",\"data\":{\"dev.tollbar/denial\":{\"code\":\"rule\","
                + "\"rule\":\"/policies/p/server_requests\",\"final\":true,"
                + "\"retryAfterMs\":0}}}}");
  }

  @Test
  void aRefusedQuestionOpensNoRound() throws Exception {
    FakeRule rule = FakeRule.named("rule");
    TestGateway gateway = gateway(Policies.everywhere(rule, ServerRequest.ELICITATION));
    gateway.upstream.answersResult(asking("elicitation/create"));
    gateway.modern().send(ModernClient.pay(1));
    gateway.modern().send(ModernClient.pay(2, ",\"inputResponses\":{}"));

    assertThat(rule.reserved).extracting(Call::continued).containsExactly(false, false);
    // The server has done its part of the work.
    assertThat(rule.settled).hasSize(2).containsOnly(new Outcome.Answered(false, Optional.empty()));
  }

  @Test
  void refusesThemInsideOfTasks() throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.SAMPLING));
    gateway.upstream.answersResult(TasksTest.created("t1"));
    gateway
        .modern()
        .send(ModernClient.request("1", "tools/call", "\"name\":\"pay\"", ModernClient.TASKS));
    gateway.upstream.answersResult(
        "{\"resultType\":\"complete\",\"taskId\":\"t1\",\"status\":\"input_required\","
            + "\"inputRequests\":{\"k\":{\"method\":\"sampling/createMessage\"}}}");

    RecordingClient told =
        gateway
            .modern()
            .send(ModernClient.request("2", "tasks/get", "\"taskId\":\"t1\"", ModernClient.TASKS));

    assertThat(told.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-31010,\"message\":"
                + "\"[POLICY DENIED] The server asks for sampling/createMessage, which the"
                + " gateway's policy does not permit.\",\"data\":{\"dev.tollbar/denial\":{\"code\":"
                + "\"rule\",\"rule\":\"/policies/p/server_requests\",\"final\":true,"
                + "\"retryAfterMs\":0}}}}");
  }

  @Test
  void sessionsMayHaveMembersOfThatName() throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(ServerRequest.SAMPLING));
    gateway.upstream.answersResult(asking("sampling/createMessage"));

    assertThat(gateway.post(gateway.session(), TestGateway.pay(1)).text())
        .isEqualTo(ModernClient.result("1", asking("sampling/createMessage")));
  }
}
