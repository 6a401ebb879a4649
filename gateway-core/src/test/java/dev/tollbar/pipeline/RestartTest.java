package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.audit.UpstreamOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A gateway or a server that was started anew, under clients that never initialise anew (facts,
 * section 5 nos. 10 and 11, section 6 no. 11).
 */
class RestartTest {
  private static final String INITIALIZED =
      TestGateway.notification("notifications/initialized", "{}");
  private static final String UNKNOWN =
      "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-32001,\"message\":"
          + "\"Session not found: begin anew with initialize.\"}}";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path data;
  private TestGateway gateway;
  private Knock session;

  @BeforeEach
  void open() throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
    gateway.upstream.keepsSessions("upstream-7");
    session = gateway.session();
    gateway.post(session, INITIALIZED);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  /** Another gateway in the same folder, in front of another server that is reached alike. */
  private void restart() throws IOException {
    gateway.close();
    gateway = TestGateway.in(data, TestGateway.open());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException(text, e);
    }
  }

  private List<String> methods() {
    return gateway.upstream.forwarded().stream().map(UpstreamMessage::method).toList();
  }

  private void answered(RecordingClient client, int id) {
    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}");
  }

  // --- the gateway

  @Test
  void goesOnWithTheSessionThatTheServerHasKept() throws Exception {
    FakeUpstream.Line before = gateway.upstream.lastLine();
    restart();
    assertThat(before.alive()).isTrue();
    gateway.upstream.keepsSessions("");

    answered(gateway.post(session, TestGateway.pay(1)), 1);
    answered(gateway.post(session, TestGateway.pay(2)), 2);

    assertThat(gateway.upstream.resumed()).containsExactly("upstream-7");
    assertThat(gateway.upstream.texts()).containsExactly(TestGateway.pay(1), TestGateway.pay(2));
    assertThat(gateway.records).allMatch(record -> record.grant().equals(Optional.of("laptop")));
  }

  @Test
  void initialisesAnewWhereTheServerEndedWithTheGateway() throws Exception {
    restart();

    answered(gateway.post(session, TestGateway.pay(1)), 1);

    assertThat(methods()).containsExactly("initialize", "notifications/initialized", "tools/call");
    JsonNode initialize = json(gateway.upstream.texts().getFirst());
    assertThat(initialize.path("params"))
        .isEqualTo(json(TestGateway.initialize("2025-11-25")).path("params"));
    assertThat(initialize.path("id").asText()).startsWith("tollbar-");
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void initialisesAnewWhenTheServerDoesNotKnowTheSessionThatWasResumed() throws Exception {
    restart();
    gateway.upstream.keepsSessions("upstream-8");
    AtomicInteger calls = new AtomicInteger();
    gateway.upstream.answers(message -> {
      if (calls.incrementAndGet() == 1) {
        throw new UpstreamException(Reason.SESSION_LOST, true, 404, "unknown");
      }
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });

    answered(gateway.post(session, TestGateway.pay(1)), 1);

    assertThat(methods())
        .containsExactly("tools/call", "initialize", "notifications/initialized", "tools/call");
  }

  @Test
  void oneOfManyCallsTakesTheSessionUpAndTheOthersWaitForIt() throws Exception {
    restart();
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    gateway.upstream.handshakes(message -> {
      in.countDown();
      goOn.await();
      return FakeReply.of(FakeUpstream.initialized(message, "2025-11-25"));
    });
    List<RecordingClient> clients = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int id = 1; id <= 20; id++) {
      RecordingClient client = new RecordingClient();
      String call = TestGateway.pay(id);
      clients.add(client);
      threads.add(Thread.ofVirtual().start(() -> gateway.post(session, call, client)));
    }

    in.await();
    goOn.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    for (int id = 1; id <= 20; id++) {
      answered(clients.get(id - 1), id);
    }
    assertThat(methods()).filteredOn("initialize"::equals).hasSize(1);
    assertThat(gateway.sessions.size()).isEqualTo(1);
  }

  @Test
  void aClientThatOnlyListensHearsItsServerAgain() throws Exception {
    restart();
    String changed = TestGateway.notification("notifications/tools/list_changed", "{}");
    gateway.upstream.streams(_ -> new FakeStream().says(changed));
    RecordingClient client = new RecordingClient();

    gateway.listen(session, client);

    client.awaitSaid(changed);
    assertThat(methods()).containsExactly("initialize", "notifications/initialized");
  }

  @Test
  void whatTheClientEndedStaysSo() throws Exception {
    gateway.gateway().end(session.with("", gateway.clock.instant()), new RecordingClient());
    restart();

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.status()).isEqualTo(404);
    assertThat(client.text()).isEqualTo(UNKNOWN.formatted("1"));
    assertThat(gateway.upstream.lines()).isZero();
  }

  @Test
  void refusesIdsThatAreNotItsOwnOrAnothersOrWereChanged() throws Exception {
    String id = session.session().orElseThrow();
    restart();

    for (String wrong : List.of("x", id.substring(1), id + "A", id + "=", swapped(id), "", "😀")) {
      RecordingClient client = gateway.post(session.in(wrong), TestGateway.pay(1));
      assertThat(client.status()).isEqualTo(404);
      assertThat(client.text()).isEqualTo(UNKNOWN.formatted("1"));
    }
    RecordingClient desktop =
        gateway.post(
            session.authorization(Optional.of("Bearer " + TestGateway.DESKTOP)),
            TestGateway.pay(1));
    assertThat(desktop.status()).isEqualTo(404);
    assertThat(desktop.text()).isEqualTo(UNKNOWN.formatted("1"));
    assertThat(gateway.upstream.lines()).isZero();
    assertThat(gateway.sessions.size()).isZero();
  }

  private static String swapped(String id) {
    char last = id.charAt(id.length() / 2);
    return id.substring(0, id.length() / 2)
        + (last == 'A' ? 'B' : 'A')
        + id.substring(id.length() / 2 + 1);
  }

  @Test
  void refusesIdsOfAKeyThatWasTakenAway() throws Exception {
    gateway.close();
    Files.delete(data.resolve("session.key"));
    gateway = TestGateway.in(data, TestGateway.open());

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.status()).isEqualTo(404);
    assertThat(client.text()).isEqualTo(UNKNOWN.formatted("1"));
  }

  @Test
  void aSessionIsOverIfTheServerSpeaksAnotherRevisionNow() throws Exception {
    restart();
    gateway.upstream.handshakes(
        message -> FakeReply.of(FakeUpstream.initialized(message, "2025-06-18")));

    RecordingClient client = gateway.post(session, TestGateway.pay(1));

    assertThat(client.status()).isEqualTo(404);
    assertThat(client.json().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway has lost this session: begin anew.");
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.post(session, TestGateway.pay(2)).text()).isEqualTo(UNKNOWN.formatted("2"));
  }

  // --- the server

  @Test
  void aServerThatForgotIsInitialisedAnewOnceAndGetsTheCallAgain() {
    AtomicInteger calls = new AtomicInteger();
    gateway.upstream.answers(message -> {
      if (calls.incrementAndGet() == 2) {
        throw new UpstreamException(Reason.SESSION_LOST, true, 404, "unknown");
      }
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });
    gateway.post(session, TestGateway.pay(1));

    answered(gateway.post(session, TestGateway.pay(2)), 2);
    answered(gateway.post(session, TestGateway.pay(3)), 3);

    assertThat(methods())
        .containsExactly(
            "initialize",
            "notifications/initialized",
            "tools/call",
            "tools/call",
            "initialize",
            "notifications/initialized",
            "tools/call",
            "tools/call");
    assertThat(gateway.records).hasSize(3);
  }

  /** 400 is what servers say that follow the examples of the TypeScript SDK. */
  @ParameterizedTest
  @ValueSource(ints = {404, 400})
  void whateverStatusAServerForgetsWithIsTakenAsSuch(int status) {
    AtomicInteger calls = new AtomicInteger();
    gateway.upstream.answers(message -> {
      if (calls.incrementAndGet() == 1) {
        throw new UpstreamException(Reason.SESSION_LOST, true, status, "unknown");
      }
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });

    answered(gateway.post(session, TestGateway.pay(1)), 1);

    assertThat(methods()).filteredOn("initialize"::equals).hasSize(2);
  }

  @Test
  void aSessionThatTheGatewayItselfClosedUnderACallIsNotOver() {
    gateway.upstream.answers(_ -> {
      throw new UpstreamException(Reason.SESSION_LOST, true, 0, "closed");
    });

    RecordingClient failed = gateway.post(session, TestGateway.pay(1));

    assertThat(failed.status()).isEqualTo(200);
    assertThat(failed.json().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway broke off before it answered.");
    assertThat(methods()).filteredOn("initialize"::equals).hasSize(1);
    assertThat(gateway.sessions.size()).isEqualTo(1);
  }

  @Test
  void aClientThatComesBackForAStreamOfAServerThatForgotKeepsItsSession() throws Exception {
    restart();
    gateway.upstream.keepsSessions("upstream-8");
    String changed = TestGateway.notification("notifications/tools/list_changed", "{}");
    gateway.upstream.streams(from -> {
      if (from.isPresent()) {
        throw new UpstreamException(Reason.SESSION_LOST, true, 404, "unknown");
      }
      return new FakeStream().says(changed);
    });
    RecordingClient client = new RecordingClient();

    gateway.listen(session.lastEventId("7"), client);

    client.awaitSaid(changed);
    answered(gateway.post(session, TestGateway.pay(1)), 1);
    assertThat(methods()).containsExactly("initialize", "notifications/initialized", "tools/call");
  }

  @Test
  void aProcessThatEndedBetweenCallsIsReplaced() {
    gateway.upstream.lastLine().die();

    answered(gateway.post(session, TestGateway.pay(1)), 1);

    assertThat(gateway.upstream.lines()).isEqualTo(2);
  }

  @Test
  void aCallThatMayHaveBeenExecutedFailsAndTheNextOneFindsANewServer() {
    gateway.upstream.answers(_ -> {
      gateway.upstream.lastLine().die();
      throw new UpstreamException(Reason.BROKEN, true, 0, "secret words");
    });
    RecordingClient failed = gateway.post(session, TestGateway.pay(1));
    assertThat(failed.status()).isEqualTo(200);
    assertThat(failed.json().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway broke off before it answered.");
    assertThat(gateway.upstream.requests()).hasSize(1);

    gateway.upstream.answersResult("{}");
    answered(gateway.post(session, TestGateway.pay(2)), 2);
  }

  @Test
  void aServerThatIsDownEndsNoSession() {
    gateway.upstream.lastLine().die();
    gateway.upstream.handshakes(FakeUpstream.failing(Reason.UNREACHABLE, false));

    RecordingClient failed = gateway.post(session, TestGateway.pay(1));
    assertThat(failed.status()).isEqualTo(200);
    assertThat(failed.json().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway cannot be reached.");
    assertThat(gateway.records.getLast().upstream().kind())
        .isEqualTo(UpstreamOutcome.Kind.NOT_DELIVERED);

    gateway.upstream.handshakes(
        message -> FakeReply.of(FakeUpstream.initialized(message, "2025-11-25")));
    answered(gateway.post(session, TestGateway.pay(2)), 2);
  }

  @Test
  void whatTheClientHadSetIsSetAgain() {
    gateway.post(session, TestGateway.request(1, "logging/setLevel", "{\"level\":\"debug\"}"));
    gateway.post(session, TestGateway.request(2, "logging/setLevel", "{\"level\":\"error\"}"));
    gateway.post(session, TestGateway.request(3, "resources/subscribe", "{\"uri\":\"a:1\"}"));
    gateway.post(session, TestGateway.request(4, "resources/subscribe", "{\"uri\":\"b:2\"}"));
    gateway.post(session, TestGateway.request(5, "resources/unsubscribe", "{\"uri\":\"a:1\"}"));
    int before = gateway.upstream.texts().size();
    gateway.upstream.lastLine().die();

    gateway.post(session, TestGateway.pay(6));

    List<String> after = gateway.upstream.texts().subList(before, gateway.upstream.texts().size());
    assertThat(after)
        .extracting(text -> json(text).path("method").asText() + json(text).path("params"))
        .satisfies(texts -> assertThat(texts.getFirst()).startsWith("initialize"))
        .element(1)
        .isEqualTo("notifications/initialized");
    assertThat(after.subList(2, after.size()))
        .extracting(text -> json(text).path("params").toString())
        .containsExactly(
            "{\"level\":\"error\"}",
            "{\"uri\":\"b:2\"}",
            json(TestGateway.pay(6)).path("params").toString());
  }

  @Test
  void whatTheFormerServerHadAskedCanNoLongerBeAnswered() {
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}";
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(asked), FakeUpstream.event(FakeUpstream.result(message, "{}"))));
    assertThat(gateway.post(session, TestGateway.pay(1)).said()).hasSize(2);
    gateway.upstream.answersResult("{}");
    gateway.upstream.lastLine().die();
    gateway.post(session, TestGateway.pay(2));

    String answer = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"result\":{\"roots\":[]}}";
    RecordingClient client = gateway.post(session, answer);

    assertThat(client.status()).isEqualTo(400);
    assertThat(gateway.upstream.texts()).doesNotContain(answer);
  }

  @Test
  void aCallThatTheFormerServerLeftUnansweredIsAnsweredByTheGateway() throws Exception {
    gateway.upstream.answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\n", "")));
    gateway.post(session, TestGateway.pay(1));
    gateway.upstream.streams(_ -> new FakeStream());
    gateway.upstream.answersResult("{}");
    gateway.upstream.lastLine().die();
    gateway.post(session, TestGateway.pay(2));
    RecordingClient client = new RecordingClient();

    gateway.listen(session, client);

    client.awaitSaid(
        "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-31003,\"message\":"
            + "\"The server behind the gateway broke off before it answered.\"}}\n\n");
  }

  @Test
  void aCancellationReachesNoOtherServerThanTheOneThatWorks() {
    gateway.upstream.lastLine().die();

    RecordingClient client =
        gateway.post(
            session, TestGateway.notification("notifications/cancelled", "{\"requestId\":1}"));

    assertThat(client.status()).isEqualTo(202);
    assertThat(gateway.upstream.lines()).isEqualTo(1);
  }

  @Test
  void whatTheNewServerAsksMeanwhileGetsToTheClient() throws Exception {
    String asked = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"roots/list\"}";
    gateway.upstream.handshakes(message ->
        FakeReply.events(
            FakeUpstream.event(asked),
            FakeUpstream.event(FakeUpstream.initialized(message, "2025-11-25"))));
    gateway.upstream.streams(_ -> new FakeStream());
    gateway.upstream.lastLine().die();
    gateway.post(session, TestGateway.pay(1));
    RecordingClient client = new RecordingClient();

    gateway.listen(session, client);

    client.awaitSaid(asked);
  }

  @Test
  void aHandshakeThatIsNoneReplacesNothing() {
    gateway.upstream.lastLine().die();
    gateway.upstream.handshakes(_ -> new UpstreamReply.Accepted());

    RecordingClient failed = gateway.post(session, TestGateway.pay(1));

    assertThat(failed.json().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway gave an answer that is not MCP.");
    assertThat(gateway.upstream.requests()).isEmpty();
  }
}
