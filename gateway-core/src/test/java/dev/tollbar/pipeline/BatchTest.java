package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.protocol.Batch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches: message by message where the revision has them, refused as a whole elsewhere. */
class BatchTest {
  private static final String INITIALIZED =
      TestGateway.notification("notifications/initialized", "{}");
  private static final String DENIED = TestGateway.request(2, "tools/call", "{\"name\":\"drop\"}");

  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.hiding("drop"));
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private Knock session(String revision) {
    gateway.upstream.handshakes(
        message -> FakeReply.of(FakeUpstream.initialized(message, revision)));
    return gateway.session();
  }

  private static String batch(String... messages) {
    return "[" + String.join(" ,\n", messages) + "]";
  }

  private static String event(String json) {
    return "event: message\ndata: " + json + "\n\n";
  }

  private static String error(String id, int code, String text) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"error\":{\"code\":"
        + code
        + ",\"message\":\""
        + text
        + "\"}}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-11-05", "2025-03-26"})
  void takesEveryMessageByItself(String revision) {
    RecordingClient client =
        gateway.post(session(revision), batch(INITIALIZED, TestGateway.pay(1), DENIED));

    assertThat(client.status()).isEqualTo(200);
    assertThat(client.complete()).isTrue();
    assertThat(client.said())
        .hasSize(2)
        .contains(event("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"))
        .anyMatch(said -> said.contains("[POLICY DENIED] This tool is not available."));
    assertThat(gateway.upstream.texts()).endsWith(INITIALIZED, TestGateway.pay(1)).hasSize(3);
    assertThat(gateway.records)
        .extracting(record -> record.requestId().orElseThrow())
        .containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void acceptsABatchWithoutRequests() {
    String cancelled = TestGateway.notification("notifications/cancelled", "{\"requestId\":9}");

    RecordingClient client = gateway.post(session("2025-03-26"), batch(INITIALIZED, cancelled));

    assertThat(client.status()).isEqualTo(202);
    assertThat(gateway.upstream.texts()).endsWith(INITIALIZED, cancelled);
    assertThat(gateway.records).isEmpty();
  }

  @Test
  void answersEachMalformedMessageByItself() {
    String twice =
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\",\"params\":{\"a\":1,\"a\":2}}";

    RecordingClient client =
        gateway.post(session("2025-03-26"), batch("1", twice, "[]", TestGateway.pay(1)));

    assertThat(client.said())
        .hasSize(4)
        .contains(event(error("null", -32600, "The message must be a JSON object.")))
        .contains(
            event(error("null", -32600, "Batches are not served; send one message at a time.")))
        .contains(event("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"))
        .anyMatch(said ->
            said.contains("\"id\":3,") && said.contains("An object has two members of one name"));
    assertThat(gateway.upstream.requests()).containsExactly(TestGateway.pay(1));
  }

  @Test
  void refusesAHandshakeInABatch() {
    RecordingClient client =
        gateway.post(
            session("2025-03-26"), batch(TestGateway.initialize("2025-03-26"), TestGateway.pay(1)));

    assertThat(client.said())
        .containsExactlyInAnyOrder(
            event(
                error(
                    "0",
                    -32600,
                    "A request that belongs to no session must not be part of a batch.")),
            event("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
    assertThat(gateway.sessions.size()).isEqualTo(1);
    assertThat(gateway.records)
        .filteredOn(record -> record.requestId().equals(Optional.of("0")))
        .singleElement()
        .satisfies(record -> assertThat(record.method()).contains("initialize"));
  }

  @Test
  void refusesARequestWithoutSessionInABatch() {
    String alone =
        TestGateway.request(
            4,
            "tools/list",
            "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientCapabilities\":{}}}");

    RecordingClient client = gateway.post(session("2025-03-26"), batch(alone));

    assertThat(client.said())
        .containsExactly(
            event(
                error(
                    "4",
                    -32600,
                    "A request that belongs to no session must not be part of a batch.")));
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void refusesTwoRequestsOfOneIdWhileTheFirstIsOpen() throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    gateway.upstream.answers(message -> {
      refused.await();
      return FakeReply.of(FakeUpstream.result(message, "{}"));
    });
    RecordingClient client = new RecordingClient();
    Knock session = session("2025-03-26");
    Thread posting =
        Thread.ofVirtual()
            .start(
                () -> gateway.post(session, batch(TestGateway.pay(1), TestGateway.pay(1)), client));
    client.awaitEvents(1);
    refused.countDown();
    posting.join();

    assertThat(client.said())
        .containsExactly(
            event(error("1", -32600, "A request of this id is still open.")),
            event("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
  }

  @Test
  void relaysTheEventsOfACallInOrder() {
    String log = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}";
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event("id: 7\n", log),
            FakeUpstream.event(FakeUpstream.result(message, "{}"))));

    RecordingClient client = gateway.post(session("2025-03-26"), batch(TestGateway.pay(1)));

    assertThat(client.said())
        .containsExactly(event(log), event("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-06-18", "2025-11-25"})
  void refusesBatchesOfLaterRevisions(String revision) {
    RecordingClient client = gateway.post(session(revision), batch(TestGateway.pay(1)));

    assertRefused(client, 400, -32600, "Batches are not served; send one message at a time.");
  }

  @Test
  void refusesBatchesWithoutASession() {
    RecordingClient client =
        gateway.post(Knock.as(TestGateway.LAPTOP), batch(TestGateway.initialize("2025-03-26")));

    assertRefused(client, 400, -32600, "Batches are not served; send one message at a time.");
  }

  @Test
  void refusesBatchesOfStrangers() {
    Knock session = session("2025-03-26");
    String batch = batch(TestGateway.pay(1));

    assertRefused(
        gateway.post(session.authorization(Optional.empty()), batch),
        401,
        -32000,
        "A bearer token is required.");
    assertRefused(
        gateway.post(session.authorization(Optional.of("Bearer " + TestGateway.DESKTOP)), batch),
        404,
        -32001,
        "Session not found: begin anew with initialize.");
    assertRefused(
        gateway.post(session.origin("https://evil.example"), batch),
        403,
        -32000,
        "This Origin is not allowed.");
    assertRefused(
        gateway.post(session.contentType(Optional.of("text/json")), batch),
        415,
        -32600,
        "Content-Type must be application/json.");
  }

  @Test
  void refusesABatchThatCannotBeReadAsAWhole() {
    Knock session = session("2025-03-26");
    String many =
        IntStream.range(0, Batch.MOST_MESSAGES + 1)
            .mapToObj(TestGateway::pay)
            .collect(Collectors.joining(","));

    assertRefused(
        gateway.post(session, "[ ]"), 400, -32600, "A batch must hold at least one message.");
    assertRefused(
        gateway.post(session, "[" + many + "]"),
        400,
        -32600,
        "A batch must hold at most 100 messages.");
    for (String broken :
        List.of("[" + TestGateway.pay(1), "[" + TestGateway.pay(1) + ",]", "[]x")) {
      assertThat(gateway.post(session, broken).error()).isEqualTo(-32700);
    }
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  private void assertRefused(RecordingClient client, int status, int code, String text) {
    assertThat(client.status()).isEqualTo(status);
    assertThat(client.text()).isEqualTo(error("null", code, text));
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records).isNotEmpty();
    assertThat(gateway.records.getLast().decision()).isEqualTo(DecisionRecord.Decision.DENY);
  }
}
