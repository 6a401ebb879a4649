package dev.tollbar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeStream;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.TestGateway;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streamable HTTP as clients see it: statuses, headers and streams. */
class WebFrontTest {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private TestGateway gateway;
  private WebFront front;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.hiding("drop"));
    WebFront.Bounds bounds =
        new WebFront.Bounds(16 * 1024, 100, 100, 10, Duration.ofMillis(20), Duration.ofSeconds(5));
    front =
        WebFront.ofClients(
            InetAddress.getLoopbackAddress(),
            0,
            bounds,
            gateway.gateway(),
            gateway.aggregate(),
            gateway.clock(),
            GuardTest.patient());
  }

  @AfterEach
  void close() {
    front.close();
    gateway.close();
    client.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front.port() + path))
        .header("Authorization", "Bearer " + TestGateway.LAPTOP)
        .header("Accept", "application/json, text/event-stream")
        .header("Content-Type", "application/json");
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String session, String body)
      throws IOException, InterruptedException {
    return send(
        request("/mcp/tickets")
            .header("Mcp-Session-Id", session)
            .POST(BodyPublishers.ofString(body)));
  }

  private String session() throws IOException, InterruptedException {
    HttpResponse<String> welcome =
        send(
            request("/mcp/tickets")
                .POST(BodyPublishers.ofString(TestGateway.initialize("2025-11-25"))));
    assertThat(welcome.statusCode()).isEqualTo(200);
    assertThat(welcome.headers().allValues("Mcp-Session-Id")).hasSize(1);
    return welcome.headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  @Test
  void answersACallWithJson() throws Exception {
    HttpResponse<String> answer = post(session(), TestGateway.pay(1));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  @Test
  void streamsALargeAnswer() throws Exception {
    String text = "x".repeat(600 * 1024);
    gateway.upstream().answersResult("{\"text\":\"" + text + "\"}");

    HttpResponse<String> answer = post(session(), TestGateway.pay(1));

    assertThat(answer.body())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":\"" + text + "\"}}");
  }

  @Test
  void answersACallWithEvents() throws Exception {
    gateway
        .upstream()
        .answers(message ->
            FakeReply.events(
                FakeUpstream.event("id: 1\n", ""),
                FakeUpstream.event(FakeUpstream.result(message, "{}"))));

    HttpResponse<String> answer = post(session(), TestGateway.pay(1));

    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-cache, no-transform");
    assertThat(answer.body())
        .isEqualTo("id: 1\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n");
  }

  @Test
  void deniesWithStatus200() throws Exception {
    HttpResponse<String> answer =
        post(session(), TestGateway.request(1, "tools/call", "{\"name\":\"drop\"}"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("[POLICY DENIED] This tool is not available.");
  }

  @Test
  void acceptsNotificationsWithoutABody() throws Exception {
    HttpResponse<String> answer =
        post(session(), TestGateway.notification("notifications/initialized", "{}"));

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void refusesWithStatusAndChallenge() throws Exception {
    HttpResponse<String> stranger =
        send(
            HttpRequest.newBuilder(request("/mcp/tickets").build().uri())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(TestGateway.pay(1))));

    assertThat(stranger.statusCode()).isEqualTo(401);
    assertThat(stranger.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(post("nonsense", TestGateway.pay(1)).statusCode()).isEqualTo(404);
    assertThat(send(request("/mcp/tickets").POST(BodyPublishers.noBody())).statusCode())
        .isEqualTo(400);
    assertThat(gateway.upstream().texts()).isEmpty();
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    String session = session();

    HttpResponse<String> answer =
        post(session, TestGateway.request(1, "ping", "{\"x\":\"" + "x".repeat(20_000) + "\"}"));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(gateway.upstream().requests()).isEmpty();
  }

  @Test
  void streamsWhatTheServerSaysAndSays405WhereItSaysNothing() throws Exception {
    String session = session();
    HttpRequest.Builder listen = request("/mcp/tickets").header("Mcp-Session-Id", session).GET();
    assertThat(send(listen).statusCode()).isEqualTo(405);

    String changed = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";
    gateway.upstream().streams(_ -> new FakeStream().says(changed));
    HttpResponse<Stream<String>> stream = client.send(listen.build(), BodyHandlers.ofLines());

    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(stream.headers().firstValue("Content-Type")).contains("text/event-stream");
    try (Stream<String> lines = stream.body()) {
      assertThat(lines.filter(line -> line.startsWith("data")).findFirst())
          .contains("data: " + changed);
    }
  }

  @Test
  void endsASession() throws Exception {
    String session = session();
    HttpRequest.Builder end = request("/mcp/tickets").header("Mcp-Session-Id", session).DELETE();

    assertThat(send(end).statusCode()).isEqualTo(200);
    assertThat(send(end).statusCode()).isEqualTo(404);
    assertThat(gateway.openSessions()).isZero();
  }

  @Test
  void servesNothingElse() throws Exception {
    assertThat(send(request("/").GET()).statusCode()).isEqualTo(404);
    assertThat(send(request("/metrics").GET()).statusCode()).isEqualTo(404);
  }

  @Test
  void saysWhichAddressIsTaken() {
    assertThatThrownBy(() ->
            WebFront.ofClients(
                InetAddress.getLoopbackAddress(),
                front.port(),
                WebFront.Bounds.ofClients(100),
                gateway.gateway(),
                gateway.aggregate(),
                gateway.clock(),
                GuardTest.patient()))
        .isInstanceOf(BindException.class)
        .hasMessage("127.0.0.1:" + front.port() + " cannot be bound: Address already in use");
  }
}
