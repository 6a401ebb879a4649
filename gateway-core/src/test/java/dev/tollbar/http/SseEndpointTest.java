package dev.tollbar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.TestGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP+SSE (MCP 2024-11-05) as old clients see it. */
class SseEndpointTest {
  private static final String INITIALIZE = TestGateway.initialize("2024-11-05");
  private static final String INITIALIZED =
      TestGateway.notification("notifications/initialized", "{}");
  private static final String WELCOME =
      "message {\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2024-11-05\","
          + "\"capabilities\":{},\"serverInfo\":{\"name\":\"fake\",\"version\":\"1\"}}}";
  private static final String PAID = "message {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private TestGateway gateway;
  private WebFront front;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.hiding("drop"));
    gateway
        .upstream()
        .handshakes(message -> FakeReply.of(FakeUpstream.initialized(message, "2024-11-05")));
    front =
        WebFront.ofClients(
            InetAddress.getLoopbackAddress(),
            0,
            new WebFront.Bounds(
                16 * 1024, 100, 100, 2, Duration.ofMillis(20), Duration.ofSeconds(5)),
            gateway.gateway(),
            gateway.aggregate(),
            gateway.clock(),
            GuardTest.patient());
  }

  @AfterEach
  void close() {
    http.shutdownNow();
    front.close();
    gateway.close();
  }

  private URI address(String server) {
    return URI.create("http://127.0.0.1:" + front.port() + "/sse/" + server);
  }

  private OldClient client() throws IOException, InterruptedException {
    return OldClient.at(http, address("tickets"), TestGateway.LAPTOP);
  }

  /** The handshake, up to its answer. */
  private static URI opened(OldClient client) throws IOException, InterruptedException {
    URI endpoint = client.endpoint();
    assertThat(client.post(endpoint, INITIALIZE).statusCode()).isEqualTo(202);
    assertThat(client.next()).isEqualTo(WELCOME);
    return endpoint;
  }

  private HttpResponse<String> post(URI to, String token) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(to)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(TestGateway.pay(1)))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void saysFirstWhereToPostAndAnswersOnTheStream() throws Exception {
    try (OldClient client = client()) {
      assertThat(client.head().headers().firstValue("Content-Type")).contains("text/event-stream");
      assertThat(client.head().headers().firstValue("Mcp-Session-Id")).isEmpty();
      URI endpoint = opened(client);
      assertThat(endpoint.getPath()).isEqualTo("/sse/tickets");
      assertThat(endpoint.getQuery()).matches("session=[\\w-]{32}");

      HttpResponse<String> initialized = client.post(endpoint, INITIALIZED);
      HttpResponse<String> paid = client.post(endpoint, TestGateway.pay(1));

      assertThat(initialized.statusCode()).isEqualTo(202);
      assertThat(paid.statusCode()).isEqualTo(202);
      assertThat(paid.body()).isEmpty();
      assertThat(client.next()).isEqualTo(PAID);
      assertThat(gateway.upstream().texts())
          .containsExactly(INITIALIZE, INITIALIZED, TestGateway.pay(1));
    }
  }

  @Test
  void relaysTheEventsOfAReplyInOrderWithoutTheirIds() throws Exception {
    String log = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}";
    gateway
        .upstream()
        .answers(message ->
            FakeReply.events(
                FakeUpstream.event("id: 1\n", log),
                FakeUpstream.event(FakeUpstream.result(message, "{}"))));
    try (OldClient client = client()) {
      client.post(opened(client), TestGateway.pay(1));

      assertThat(client.next()).isEqualTo("message " + log);
      assertThat(client.next()).isEqualTo(PAID);
    }
  }

  @Test
  void decidesAsEverywhere() throws Exception {
    try (OldClient client = client()) {
      client.post(opened(client), TestGateway.request(1, "tools/call", "{\"name\":\"drop\"}"));

      assertThat(client.next()).contains("[POLICY DENIED] This tool is not available.");
      assertThat(gateway.upstream().requests()).isEmpty();
    }
  }

  @Test
  void aCallThatHangsHoldsUpNothingAndCanBeCancelled() throws Exception {
    CountDownLatch in = gateway.upstream().hangs();
    try (OldClient client = client()) {
      URI endpoint = opened(client);
      client.post(endpoint, TestGateway.pay(1));
      in.await();

      client.post(endpoint, TestGateway.request(2, "ping", "{}"));
      assertThat(client.next()).isEqualTo("message {\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}");
      client.post(
          endpoint, TestGateway.notification("notifications/cancelled", "{\"requestId\":1}"));
      assertThat(client.next())
          .isEqualTo(
              "message {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32800,\"message\":"
                  + "\"The client cancelled this request.\"}}");
    }
  }

  @Test
  void passesOnWhatTheServerAsksByItselfAndTheAnswer() throws Exception {
    String roots = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"roots/list\"}";
    String answer = "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"roots\":[]}}";
    CountDownLatch never = new CountDownLatch(1);
    gateway
        .upstream()
        .streams(_ ->
            FakeReply.steps(
                () -> Optional.of(FakeUpstream.event(roots)),
                () -> {
                  never.await();
                  return Optional.empty();
                }));
    try (OldClient client = client()) {
      URI endpoint = opened(client);
      assertThat(client.next()).isEqualTo("message " + roots);

      assertThat(client.post(endpoint, answer).statusCode()).isEqualTo(202);
      assertThat(gateway.upstream().texts()).last().isEqualTo(answer);
      HttpResponse<String> unasked = client.post(endpoint, answer);
      assertThat(unasked.statusCode()).isEqualTo(400);
      assertThat(unasked.body()).contains("The server has asked nothing of that id.");
    }
  }

  @Test
  void aClientThatLeavesEndsItsSessionAndItsCalls() throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    gateway
        .upstream()
        .answers(_ -> {
          in.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            cancelled.countDown();
            throw e;
          }
          throw new IllegalStateException("nobody opens the latch");
        });
    try (OldClient client = client()) {
      client.post(opened(client), TestGateway.pay(1));
      in.await();
    }

    cancelled.await();
    gateway.upstream().lastLine().awaitClosed();
  }

  @Test
  void aSessionIsOfUseToItsOwnGrantAndServerOnly() throws Exception {
    try (OldClient client = client()) {
      URI endpoint = opened(client);
      URI unknown = URI.create(address("tickets") + "?session=nonsense");
      URI other = URI.create(address("gone") + "?" + endpoint.getQuery());

      HttpResponse<String> stranger = post(endpoint, TestGateway.DESKTOP);
      assertThat(stranger.statusCode()).isEqualTo(404);
      assertThat(stranger.body())
          .isEqualTo(
              "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":"
                  + "\"Session not found: open the event stream anew with GET.\"}}");
      assertThat(post(unknown, TestGateway.LAPTOP).statusCode()).isEqualTo(404);
      assertThat(post(other, TestGateway.LAPTOP).statusCode()).isEqualTo(404);
      assertThat(post(endpoint, TestGateway.ELSEWHERE).statusCode()).isEqualTo(403);
      assertThat(post(endpoint, "tb_nobody").statusCode()).isEqualTo(401);
      assertThat(gateway.upstream().requests()).isEmpty();
    }
  }

  @Test
  void opensNoStreamForStrangers() throws Exception {
    try (OldClient nobody = OldClient.at(http, address("tickets"), "tb_nobody");
        OldClient elsewhere = OldClient.at(http, address("tickets"), TestGateway.ELSEWHERE)) {
      assertThat(nobody.status()).isEqualTo(401);
      assertThat(nobody.head().headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(elsewhere.status()).isEqualTo(403);
    }
    HttpResponse<String> page =
        http.send(
            HttpRequest.newBuilder(address("tickets"))
                .header("Authorization", "Bearer " + TestGateway.LAPTOP)
                .header("Accept", "text/event-stream")
                .header("Origin", "https://evil.example")
                .build(),
            BodyHandlers.ofString());
    assertThat(page.statusCode()).isEqualTo(403);
    assertThat(page.body()).contains("This Origin is not allowed.");
  }

  @Test
  void refusesAPostThatCannotBeServedByItsStatus() throws Exception {
    try (OldClient client = client()) {
      URI endpoint = opened(client);

      HttpResponse<String> nonsense = client.post(endpoint, "nonsense");
      assertThat(nonsense.statusCode()).isEqualTo(400);
      assertThat(nonsense.body()).contains("-32700");
      HttpResponse<String> homeless = client.post(address("tickets"), TestGateway.pay(1));
      assertThat(homeless.statusCode()).isEqualTo(400);
      assertThat(homeless.body())
          .contains("The session is missing: open the event stream with GET.");
      HttpResponse<String> text =
          http.send(
              HttpRequest.newBuilder(endpoint)
                  .header("Authorization", "Bearer " + TestGateway.LAPTOP)
                  .header("Content-Type", "text/plain")
                  .POST(BodyPublishers.ofString(TestGateway.pay(1)))
                  .build(),
              BodyHandlers.ofString());
      assertThat(text.statusCode()).isEqualTo(415);
      assertThat(gateway.upstream().requests()).isEmpty();
    }
  }

  @Test
  void takesABatchMessageByMessage() throws Exception {
    try (OldClient client = client()) {
      URI endpoint = opened(client);
      String batch = "[" + INITIALIZED + "," + TestGateway.pay(1) + "]";

      assertThat(client.post(endpoint, batch).statusCode()).isEqualTo(202);
      assertThat(client.next()).isEqualTo(PAID);
      assertThat(gateway.upstream().texts())
          .containsExactly(INITIALIZE, INITIALIZED, TestGateway.pay(1));
      assertThat(client.post(endpoint, "[]").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void opensNoMoreStreamsThanThereIsRoomFor() throws Exception {
    try (OldClient one = client();
        OldClient two = client()) {
      assertThat(one.status()).isEqualTo(200);
      assertThat(two.status()).isEqualTo(200);
      try (OldClient three = client()) {
        assertThat(three.status()).isEqualTo(503);
        assertThat(new String(three.head().body().readAllBytes(), StandardCharsets.UTF_8))
            .contains("Too many event streams are open.");
      }
    }
  }

  @Test
  void endsItsStreamsWhenItStops() throws Exception {
    try (OldClient client = client()) {
      opened(client);

      front.close();

      assertThat(client.next()).isEqualTo("end");
      assertThat(gateway.openSessions()).isZero();
    }
  }

  @Test
  void aSecondHandshakeTakesThePlaceOfTheFirst() throws Exception {
    try (OldClient client = client()) {
      URI endpoint = opened(client);
      FakeUpstream.Line first = gateway.upstream().lastLine();

      client.post(endpoint, INITIALIZE);

      assertThat(client.next()).isEqualTo(WELCOME);
      assertThat(first.alive()).isFalse();
      assertThat(gateway.openSessions()).isEqualTo(1);
    }
  }

  @Test
  void saysWhichMethodsThereAre() throws Exception {
    HttpResponse<String> put =
        http.send(
            HttpRequest.newBuilder(address("tickets")).PUT(BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());

    assertThat(put.statusCode()).isEqualTo(405);
    assertThat(put.headers().firstValue("Allow")).contains("GET, POST");
  }
}
