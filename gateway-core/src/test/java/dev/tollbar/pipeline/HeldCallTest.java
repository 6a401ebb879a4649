package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.Question;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.Policy;
import dev.tollbar.state.Approval;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that wait for people, and clients that are asked themselves, in both eras. */
@Timeout(120)
class HeldCallTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String FORMS = "{\"elicitation\":{}}";
  private static final String PAGES = "{\"elicitation\":{\"form\":{},\"url\":{}}}";

  @TempDir private Path data;
  private final AtomicReference<Verdict> verdict = new AtomicReference<>(Verdict.permit());
  private TestGateway gateway;

  @BeforeEach
  void open() throws IOException {
    gateway = TestGateway.in(data, policy());
    gateway.knows("pay", "{}");
  }

  private Policy policy() {
    return TestGateway.policy(FakeRule.named("asking").evaluates(_ -> verdict.get()));
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private void asks(Duration hold, Question.Via via) {
    asks(hold, via, 1);
  }

  private void asks(Duration hold, Question.Via via, int approvers) {
    Question question =
        new Question(
            "Large.",
            Optional.empty(),
            Duration.ofMinutes(15),
            hold,
            approvers,
            Duration.ZERO,
            via);
    verdict.set(Verdict.ask(question));
  }

  private Knock session(String capabilities, String revision) {
    gateway.upstream.handshakes(
        message -> FakeReply.of(FakeUpstream.initialized(message, revision)));
    Knock knock = Knock.as(TestGateway.LAPTOP);
    String hello =
        TestGateway.initialize(revision)
            .replace("\"capabilities\":{}", "\"capabilities\":" + capabilities);
    Knock inside = knock.in(gateway.post(knock, hello).session());
    gateway.records.clear();
    return inside;
  }

  private Thread calling(Knock session, String body, RecordingClient client) {
    return Thread.ofVirtual().start(() -> gateway.post(session, body, client));
  }

  private static String pay(int id, String token) {
    return TestGateway.request(
        id,
        "tools/call",
        "{\"name\":\"pay\",\"arguments\":{\"amount\":5},\"_meta\":{\"progressToken\":"
            + token
            + "}}");
  }

  private static JsonNode json(String event) {
    try {
      return new ObjectMapper()
          .readTree(event.substring(event.indexOf("data: ") + "data: ".length()).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Approval only() {
    List<Approval> all = gateway.state.approvals().list(gateway.clock.instant());
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private Approval awaitOnly() throws InterruptedException {
    while (gateway.state.approvals().list(gateway.clock.instant()).isEmpty()) {
      Thread.sleep(2);
    }
    return only();
  }

  private Approval.Status status() {
    return only().status(gateway.clock.instant());
  }

  /** What the gateway has asked the client. */
  private static JsonNode elicited(RecordingClient client) throws InterruptedException {
    client.awaitSaid("elicitation/create");
    return json(
        client.said().stream()
            .filter(event -> event.contains("elicitation/create"))
            .findFirst()
            .orElseThrow());
  }

  private static String answer(JsonNode asked, String result) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + asked.path("id") + ",\"result\":" + result + "}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "\"t\""})
  void tellsTheProgressOfWaitingWhereTheClientWantsThat(String token) throws Exception {
    asks(LONG, Question.Via.PEOPLE);
    RecordingClient client = new RecordingClient();
    Thread call = calling(session("{}", "2025-11-25"), pay(1, token), client);
    client.awaitSaid("notifications/progress");
    JsonNode params = json(client.messages().getFirst()).path("params");
    assertThat(params.path("progressToken")).hasToString(token);
    assertThat(params.path("progress").doubleValue()).isEqualTo(-1.0);
    assertThat(params.path("message").asText())
        .isEqualTo("Waiting for approval " + only().id() + ", for another 60 seconds at most");
    assertThat(params.has("total")).isFalse();

    gateway.people(true);
    call.join();

    assertThat(client.lastMessage()).hasToString("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    assertThat(client.complete()).isTrue();
  }

  @Test
  void whatTheServerStreamsAfterTheApprovalComesOnTheSameStream() throws Exception {
    asks(LONG, Question.Via.PEOPLE);
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":7,\"progress\":0}}"),
            FakeUpstream.event(FakeUpstream.result(message, "{}"))));
    RecordingClient client = new RecordingClient();
    Thread call = calling(session("{}", "2025-11-25"), pay(1, "7"), client);
    client.awaitSaid("notifications/progress");
    gateway.people(true);
    call.join();

    assertThat(client.messages()).hasSize(3);
    assertThat(client.complete()).isTrue();
    assertThat(client.lastMessage()).hasToString("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  @Test
  void answersAsOneMessageWhereTheClientWantsNoProgress() throws Exception {
    asks(LONG, Question.Via.PEOPLE);
    RecordingClient client = new RecordingClient();
    Thread call = calling(session("{}", "2025-11-25"), TestGateway.pay(1), client);
    awaitOnly();

    gateway.people(true);
    call.join();

    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    assertThat(client.said()).isEmpty();
  }

  @Test
  void aClientThatCancelsWithdrawsTheQuestion() throws Exception {
    asks(LONG, Question.Via.PEOPLE);
    Knock session = session("{}", "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);
    awaitOnly();

    gateway.post(session, TestGateway.notification("notifications/cancelled", "{\"requestId\":1}"));
    call.join();

    assertThat(client.error()).isEqualTo(-32800);
    assertThat(status()).isEqualTo(Approval.Status.WITHDRAWN);
  }

  @Test
  void aClientWithoutASessionWithdrawsTheQuestionByLeaving() throws Exception {
    gateway.close();
    gateway = TestGateway.impatient(data, policy());
    gateway.knows("pay", "{}");
    asks(LONG, Question.Via.PEOPLE);
    RecordingClient client = new RecordingClient();
    Thread call =
        Thread.ofVirtual().start(() -> gateway.modern().send(ModernClient.pay(1), client));
    awaitOnly();

    client.leave();
    call.join();

    assertThat(status()).isEqualTo(Approval.Status.WITHDRAWN);
  }

  @Test
  void aGatewayThatStopsWithdrawsNothing() throws Exception {
    asks(LONG, Question.Via.PEOPLE);
    Knock session = session("{}", "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);
    awaitOnly();

    gateway.consent.rest();
    gateway.sessions.close();
    call.join();

    assertThat(status()).isEqualTo(Approval.Status.PENDING);
  }

  @Test
  void asksWhoeverSitsAtTheClient() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    Knock session = session(FORMS, "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);
    JsonNode asked = elicited(client);
    assertThat(asked.path("params"))
        .hasToString(
            "{\"mode\":\"form\",\"message\":\"The agent wants to call pay on tickets, which needs your"
                + " approval ("
                + only().id()
                + ").\\nReason: Large.\\nArguments: {\\\"amount\\\":5}\",\"requestedSchema\":{\"type\":\"object\","
                + "\"properties\":{\"approve\":{\"type\":\"boolean\",\"title\":\"Approve this call\","
                + "\"description\":\"Yes approves exactly this call; no denies it.\"},\"comment\":{"
                + "\"type\":\"string\",\"title\":\"Comment for the agent\",\"maxLength\":500}},"
                + "\"required\":[\"approve\"]}}");

    RecordingClient told =
        gateway.post(
            session, answer(asked, "{\"action\":\"accept\",\"content\":{\"approve\":true}}"));
    call.join();

    assertThat(told.status()).isEqualTo(202);
    assertThat(client.lastMessage().path("result")).hasToString("{}");
    assertThat(only().answers())
        .extracting(Approval.Answer::by)
        .containsExactly("client of laptop");
    assertThat(gateway.upstream.requests()).containsExactly(TestGateway.pay(1));
    assertThat(gateway.upstream.texts()).noneMatch(text -> text.contains("accept"));
  }

  @Test
  void asksClientsOf20250618WithoutAMode() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    Knock session = session(PAGES, "2025-06-18");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);

    JsonNode asked = elicited(client);
    assertThat(asked.path("params").has("mode")).isFalse();
    assertThat(asked.path("params").has("requestedSchema")).isTrue();
    gateway.post(session, answer(asked, "{\"action\":\"decline\"}"));
    call.join();
    assertThat(status()).isEqualTo(Approval.Status.DENIED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"action\":\"decline\"}",
        "{\"action\":\"accept\",\"content\":{\"approve\":false,\"comment\":\"Too much.\"}}"
      })
  void aNoDenies(String result) throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    Knock session = session(FORMS, "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);

    gateway.post(session, answer(elicited(client), result));
    call.join();

    assertThat(client.lastMessage().toString()).contains("approval_denied");
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action\":\"cancel\"}",
        "{\"action\":\"accept\"}",
        "{\"action\":\"accept\",\"content\":{}}",
        "{\"action\":\"accept\",\"content\":{\"approve\":\"true\"}}",
        "{\"action\":\"accept\",\"content\":{\"approve\":1}}",
        "{\"action\":\"accept\",\"content\":true}",
        "{\"action\":\"Accept\",\"content\":{\"approve\":true}}",
        "{\"approve\":true}",
        "{}"
      })
  void anythingElseLeavesItPending(String result) throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    Knock session = session(FORMS, "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);

    gateway.post(session, answer(elicited(client), result));
    call.join();

    assertThat(client.lastMessage().toString()).contains("approval_pending");
    assertThat(status()).isEqualTo(Approval.Status.PENDING);
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void anErrorLeavesItPending() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    Knock session = session(FORMS, "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);

    gateway.post(
        session,
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + elicited(client).path("id")
            + ",\"error\":{\"code\":-32601,\"message\":\"no\"}}");
    call.join();

    assertThat(status()).isEqualTo(Approval.Status.PENDING);
  }

  @Test
  void anAnswerCountsOnceAndForItsOwnSessionOnly() throws Exception {
    asks(LONG, Question.Via.ELICITATION, 2);
    Knock session = session(FORMS, "2025-11-25");
    Knock other = session(FORMS, "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);
    String yes = answer(elicited(client), "{\"action\":\"accept\",\"content\":{\"approve\":true}}");

    assertThat(gateway.post(other, yes).status()).isEqualTo(400);
    assertThat(only().answers()).isEmpty();
    assertThat(gateway.post(session, yes).status()).isEqualTo(202);
    assertThat(gateway.post(session, yes).status()).isEqualTo(400);
    assertThat(only().missing()).isEqualTo(1);

    gateway.people(true);
    call.join();
    assertThat(client.lastMessage().path("result")).hasToString("{}");
  }

  @Test
  void takesTheQuestionBackWhenSomebodyElseDecides() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    Knock session = session(FORMS, "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);
    JsonNode asked = elicited(client);

    gateway.people(true);
    call.join();

    assertThat(client.messages().toString())
        .contains(
            "\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + asked.path("id"));
    assertThat(
            gateway
                .post(
                    session,
                    answer(asked, "{\"action\":\"accept\",\"content\":{\"approve\":true}}"))
                .status())
        .isEqualTo(400);
    assertThat(client.lastMessage().path("result")).hasToString("{}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}|2025-11-25", FORMS + "|2025-03-26", "{\"elicitation\":true}|2025-11-25"})
  void staysPendingWhereTheClientCannotBeAsked(String capabilities, String revision)
      throws Exception {
    asks(Duration.ofMillis(50), Question.Via.ELICITATION);
    RecordingClient client = gateway.post(session(capabilities, revision), TestGateway.pay(1));

    assertThat(client.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(client.toolText()).contains(only().id());
  }

  @Test
  void doesNotAskForWhatCannotBeShownWhole() throws Exception {
    asks(Duration.ofMillis(50), Question.Via.ELICITATION);
    String body =
        TestGateway.request(
            1,
            "tools/call",
            "{\"name\":\"pay\",\"arguments\":{\"text\":\"" + "x".repeat(9_000) + "\"}}");

    RecordingClient client = gateway.post(session(FORMS, "2025-11-25"), body);

    assertThat(client.denial().path("code").asText()).isEqualTo("approval_pending");
  }

  @Test
  void opensThePageWhereTheClientCan() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    gateway.links.reachableAt(URI.create("https://gw.example"));
    Knock session = session(PAGES, "2025-11-25");
    RecordingClient client = new RecordingClient();
    Thread call = calling(session, TestGateway.pay(1), client);
    JsonNode asked = elicited(client);
    JsonNode params = asked.path("params");
    assertThat(params.path("mode").asText()).isEqualTo("url");
    assertThat(params.path("url").asText())
        .startsWith("https://gw.example/approvals/" + only().id() + "/decide/");
    assertThat(params.path("elicitationId").asText()).isNotEmpty();

    // To open the page is no approval, whatever the client says beside that.
    gateway.post(session, answer(asked, "{\"action\":\"accept\",\"content\":{\"approve\":true}}"));
    assertThat(status()).isEqualTo(Approval.Status.PENDING);
    assertThat(call.isAlive()).isTrue();

    gateway.people(true);
    call.join();
    assertThat(client.messages().toString())
        .contains(
            "\"method\":\"notifications/elicitation/complete\",\"params\":{\"elicitationId\":"
                + params.path("elicitationId"));
    assertThat(client.lastMessage().path("result")).hasToString("{}");
  }

  @Test
  void asksAClientWithoutASessionInARound() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    JsonNode result = modern(1, FORMS, "").json().path("result");

    assertThat(result.path("resultType").asText()).isEqualTo("input_required");
    JsonNode asked = result.path("inputRequests").path("tollbar_approval");
    assertThat(asked.path("method").asText()).isEqualTo("elicitation/create");
    assertThat(asked.path("params").path("mode").asText()).isEqualTo("form");
    assertThat(asked.path("params").path("message").asText()).contains("Arguments: {\"amount\":5}");
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records.getLast().code()).contains("approval_pending");

    RecordingClient answered =
        modern(2, FORMS, brings(result, "{\"action\":\"accept\",\"content\":{\"approve\":true}}"));

    assertThat(answered.text()).isEqualTo(ModernClient.result("2", "{}"));
    assertThat(gateway.upstream.requests()).containsExactly(request(2, FORMS, ""));
    assertThat(only().answers())
        .extracting(Approval.Answer::by)
        .containsExactly("client of laptop");
  }

  @Test
  void aRoundThatIsRepeatedAsksAnew() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    JsonNode result = modern(1, FORMS, "").json().path("result");
    String brought = brings(result, "{\"action\":\"accept\",\"content\":{\"approve\":true}}");
    modern(2, FORMS, brought);

    JsonNode again = modern(3, FORMS, brought).json().path("result");

    assertThat(again.path("resultType").asText()).isEqualTo("input_required");
    assertThat(again.path("requestState")).isNotEqualTo(result.path("requestState"));
    assertThat(gateway.upstream.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"action\":\"cancel\"}", "{\"action\":\"accept\"}", "{}"})
  void aRoundWithoutAnExplicitYesLeavesItPending(String answer) throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    JsonNode result = modern(1, FORMS, "").json().path("result");

    RecordingClient told = modern(2, FORMS, brings(result, answer));

    assertThat(told.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(status()).isEqualTo(Approval.Status.PENDING);
  }

  @Test
  void aRoundWithANoDenies() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    JsonNode result = modern(1, FORMS, "").json().path("result");

    RecordingClient told = modern(2, FORMS, brings(result, "{\"action\":\"decline\"}"));

    assertThat(told.denial().path("code").asText()).isEqualTo("approval_denied");
  }

  @Test
  void anAnswerThatNobodyAskedForIsNone() throws Exception {
    asks(Duration.ofMillis(50), Question.Via.ELICITATION);
    JsonNode result = modern(1, FORMS, "").json().path("result");
    String yes = "{\"action\":\"accept\",\"content\":{\"approve\":true}}";
    String state = result.path("requestState").asText();

    for (String forged :
        List.of(
            state.substring(0, state.length() - 1),
            "tollbar-approval:" + only().id(),
            "tollbar-approval:" + only().id() + ":",
            state.replace(only().id(), "ap_other"))) {
      RecordingClient told =
          modern(
              2,
              FORMS,
              ",\"inputResponses\":{\"tollbar_approval\":"
                  + yes
                  + "},\"requestState\":\""
                  + forged
                  + "\"");
      assertThat(told.json().path("result").path("resultType").asText())
          .isEqualTo("input_required");
    }
    assertThat(only().answers()).isEmpty();
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void aClientAnswersNoQuestionToOthers() throws Exception {
    asks(Duration.ZERO, Question.Via.PEOPLE);
    modern(1, FORMS, "");
    String state =
        "tollbar-approval:"
            + only().id()
            + ":"
            + gateway.links.answerToken(only().id(), only().expires());

    RecordingClient told =
        modern(
            2,
            FORMS,
            ",\"inputResponses\":{\"tollbar_approval\":{\"action\":\"accept\",\"content\":{\"approve\":true}}},\"requestState\":\""
                + state
                + "\"");

    assertThat(told.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(only().answers()).isEmpty();
  }

  @Test
  void aClientWithoutASessionThatOpensThePageIsWaitedFor() throws Exception {
    asks(LONG, Question.Via.ELICITATION);
    gateway.links.reachableAt(URI.create("https://gw.example"));
    JsonNode result = modern(1, PAGES, "").json().path("result");
    JsonNode params = result.path("inputRequests").path("tollbar_approval").path("params");
    assertThat(params.path("mode").asText()).isEqualTo("url");
    assertThat(params.has("elicitationId")).isFalse();

    RecordingClient client = new RecordingClient();
    String body =
        request(2, PAGES, brings(result, "{\"action\":\"accept\"}"))
            .replace("\"_meta\":{", "\"_meta\":{\"progressToken\":1,");
    Thread call = Thread.ofVirtual().start(() -> gateway.modern().send(body, client));
    client.awaitSaid("notifications/progress");
    assertThat(status()).isEqualTo(Approval.Status.PENDING);
    gateway.people(true);
    call.join();

    assertThat(client.lastMessage()).hasToString(ModernClient.result("2", "{}"));
  }

  @Test
  void staysPendingWhereAClientWithoutASessionCannotBeAsked() throws Exception {
    asks(Duration.ofMillis(50), Question.Via.ELICITATION);

    RecordingClient client = gateway.modern().send(ModernClient.pay(1));

    assertThat(client.denial().path("code").asText()).isEqualTo("approval_pending");
  }

  @Test
  void anApprovalUnderOtherRulesIsGoodForNothing() throws Exception {
    asks(Duration.ZERO, Question.Via.PEOPLE);
    Knock session = session("{}", "2025-11-25");
    gateway.post(session, TestGateway.pay(1));
    Question question =
        new Question("Now.", Optional.empty(), Duration.ofMinutes(15), Duration.ZERO, 1);
    gateway.replacePolicy(
        TestGateway.policy(
            FakeRule.named("another"),
            FakeRule.named("asking").evaluates(_ -> Verdict.ask(question))));
    gateway.people(true);

    RecordingClient told = gateway.post(session, TestGateway.pay(2));

    assertThat(told.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(gateway.state.approvals().list(gateway.clock.instant()))
        .extracting(approval -> approval.status(gateway.clock.instant()))
        .containsExactly(Approval.Status.PENDING, Approval.Status.APPROVED);
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  private RecordingClient modern(int id, String capabilities, String more) {
    return gateway.modern().send(request(id, capabilities, more));
  }

  private static String request(int id, String capabilities, String more) {
    return ModernClient.request(
        Integer.toString(id),
        "tools/call",
        "\"name\":\"pay\",\"arguments\":{\"amount\":5}" + more,
        ModernClient.META.replace(
            "clientCapabilities\":{}", "clientCapabilities\":" + capabilities));
  }

  private static String brings(JsonNode result, String answer) {
    return ",\"inputResponses\":{\"tollbar_approval\":"
        + answer
        + "},\"requestState\":"
        + result.path("requestState");
  }
}
