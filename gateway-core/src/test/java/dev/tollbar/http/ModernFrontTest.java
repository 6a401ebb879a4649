package dev.tollbar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.ModernClient;
import dev.tollbar.pipeline.TestGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of 2026-07-28 over real sockets: headers, statuses, streams, and clients that leave. */
@Timeout(value = 2, unit = TimeUnit.MINUTES) // so that a call that nobody cancels ends the test
class ModernFrontTest {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private TestGateway gateway;
  private WebFront front;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    serve(TestGateway.in(data, TestGateway.hiding("drop")));
  }

  private void serve(TestGateway behind) throws IOException {
    gateway = behind;
    gateway.knows(
        "pay", "{\"properties\":{\"amount\":{\"type\":\"integer\",\"x-mcp-header\":\"Amount\"}}}");
    front =
        WebFront.ofClients(
            InetAddress.getLoopbackAddress(),
            0,
            new WebFront.Bounds(
                16 * 1024, 100, 100, 10, Duration.ofSeconds(15), Duration.ofSeconds(5)),
            gateway.gateway(),
            gateway.aggregate(),
            gateway.clock(),
            GuardTest.patient());
  }

  /** The same front of a gateway that looks after its clients all the time. */
  private void serveImpatiently(Path data) throws IOException {
    front.close();
    gateway.close();
    serve(TestGateway.impatient(data, TestGateway.open()));
  }

  @AfterEach
  void close() {
    front.close();
    gateway.close();
    client.close();
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front.port() + "/mcp/tickets"))
        .header("Authorization", "Bearer " + TestGateway.LAPTOP)
        .header("Accept", "application/json, text/event-stream")
        .header("Content-Type", "application/json")
        .header("MCP-Protocol-Version", "2026-07-28");
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder pay() {
    return request()
        .header("Mcp-Method", "tools/call")
        .header("mcp-name", "pay")
        .header("MCP-PARAM-AMOUNT", "5")
        .POST(BodyPublishers.ofString(ModernClient.pay(1)));
  }

  private static String result(String json) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + json + "}";
  }

  private static String error(int code, String text) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":"
        + code
        + ",\"message\":\""
        + text
        + "\"}}";
  }

  @Test
  void readsHeadersHoweverTheirNamesAreWritten() throws Exception {
    HttpResponse<String> answer = send(pay().header("Mcp-Session-Id", "of another era"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Mcp-Session-Id")).isEmpty();
    assertThat(answer.body()).isEqualTo(result("{}"));
    UpstreamMessage forwarded = gateway.upstream().forwarded().getFirst();
    assertThat(forwarded.headers())
        .containsEntry("Mcp-Method", "tools/call")
        .containsEntry("Mcp-Name", "pay")
        .containsEntry("Mcp-Param-Amount", "5")
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({
    "Mcp-Method, tools/call, Header Mcp-Method is not the method of the body.",
    "Mcp-Name, pay, Header Mcp-Name does not name what the body names.",
    "Mcp-Param-Amount, 5, Header Mcp-Param-Amount is not the argument of the body.",
    "MCP-Protocol-Version, 2026-07-28, Header MCP-Protocol-Version is not the revision of the body.",
  })
  void section614RefusesAHeaderThatComesTwice(String name, String value, String text)
      throws Exception {
    HttpResponse<String> answer = send(pay().header(name, value));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(error(-32020, text));
    assertThat(gateway.upstream().texts()).isEmpty();
    assertThat(send(pay()).body()).isEqualTo(result("{}"));
  }

  @Test
  void section614RefusesHeadersThatAreMissing() throws Exception {
    HttpResponse<String> answer =
        send(request().POST(BodyPublishers.ofString(ModernClient.pay(1))));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(error(-32020, "Header Mcp-Method is missing."));
  }

  @Test
  void section17SaysThatAMethodIsUnknownByTheStatus() throws Exception {
    HttpResponse<String> answer =
        send(
            request()
                .header("Mcp-Method", "ping")
                .POST(BodyPublishers.ofString(ModernClient.request("1", "ping", ""))));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body()).isEqualTo(error(-32601, "The gateway does not know this method."));
  }

  @Test
  void section17ServesNoStreamAndEndsNoSession() throws Exception {
    for (HttpRequest.Builder each :
        new HttpRequest.Builder[] {request().GET(), request().DELETE()}) {
      HttpResponse<String> answer = send(each);

      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.body())
          .isEqualTo(
              error(-32000, "This protocol revision has no sessions: every request is a POST.")
                  .replace("\"id\":1", "\"id\":null"));
    }
  }

  @Test
  void section17StreamsWithoutBuffering() throws Exception {
    gateway
        .upstream()
        .answers(message ->
            FakeReply.events(
                FakeUpstream.event(": c\n", ""),
                FakeUpstream.event(FakeUpstream.result(message, "{}"))));

    HttpResponse<String> answer = send(pay());

    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(answer.headers().firstValue("X-Accel-Buffering")).contains("no");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-cache, no-transform");
    assertThat(answer.body()).isEqualTo(": c\n\ndata: " + result("{}") + "\n\n");
  }

  /** A client that can leave whenever it likes, as none of the comfortable ones can. */
  private Socket sendAlone(String body, String method) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), front.port());
    String head =
        """
        POST /mcp/tickets HTTP/1.1
        Host: localhost:%d
        Authorization: Bearer %s
        Accept: application/json, text/event-stream
        Content-Type: application/json
        MCP-Protocol-Version: 2026-07-28
        Mcp-Method: %s
        Mcp-Name: pay
        Mcp-Param-Amount: 5
        Content-Length: %d

        """
            .formatted(
                front.port(),
                TestGateway.LAPTOP,
                method,
                body.getBytes(StandardCharsets.UTF_8).length);
    socket
        .getOutputStream()
        .write((head.replace("\n", "\r\n") + body).getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  private static void awaitLine(Socket socket, String line) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    for (String next = lines.readLine(); !line.equals(next); next = lines.readLine()) {
      assertThat(next).as("the connection ended").isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void section65AClientThatLeavesCancelsAtTheServer(boolean afterAComment, @TempDir Path other)
      throws Exception {
    serveImpatiently(other);
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    gateway
        .upstream()
        .answers(_ -> {
          in.countDown();
          try {
            new CountDownLatch(1).await();
            throw new IllegalStateException("nobody opens the latch");
          } catch (InterruptedException e) {
            cancelled.countDown();
            throw e;
          }
        });
    try (Socket socket = sendAlone(ModernClient.pay(1), "tools/call")) {
      in.await();
      if (afterAComment) {
        awaitLine(socket, ":");
      }
    }

    cancelled.await();
    gateway.upstream().answersResult("{}");
    assertThat(send(pay()).body()).contains(result("{}"));
  }

  @Test
  void section65AClientThatLeavesItsSubscriptionClosesTheServersStream(@TempDir Path other)
      throws Exception {
    serveImpatiently(other);
    String changed = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";
    // Says the same for ever, until nobody listens.
    FakeReply.Stream stream = FakeReply.steps(() -> Optional.of(FakeUpstream.event(changed)));
    gateway.upstream().answers(_ -> stream);
    String listen =
        ModernClient.request(
            "1", "subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}");
    try (Socket socket = sendAlone(listen, "subscriptions/listen")) {
      awaitLine(socket, "data: " + changed);
    }

    stream.awaitClosed();
    gateway.upstream().answersResult("{}");
    assertThat(send(pay()).body()).contains(result("{}"));
  }
}
