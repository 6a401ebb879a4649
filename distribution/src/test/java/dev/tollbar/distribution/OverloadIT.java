package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of connections that hold on to what they do not use, and servers that do not answer.
 */
@ExtendWith(Fixtures.class)
class OverloadIT {
  private static final int HALF_SENT = 5_000;
  private static final int HALF_SENT_BODIES = 2_000;
  private static final int HALF_SENT_TO_OPERATORS = 200;
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
          + "\"params\":{\"name\":\"go\",\"arguments\":{}}}";

  /** What such a connection sends, and no more. */
  private static final List<String> BEGINNINGS =
      List.of(
          "",
          "POST /mcp/well HT",
          "POST /mcp/well HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Some",
          "POST /mcp/well HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n\r\n{\"jsonrpc\"",
          "POST /mcp/well HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"j");

  private final AtomicInteger ids = new AtomicInteger(1_000);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private StoppableServer servers;
  private Path document;
  private RunningGateway gateway;

  @BeforeEach
  void start(Archive archive, @TempDir Path work) throws Exception {
    servers = StoppableServer.start();
    document = work.resolve("gateway.yaml");
    write("1h");
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterEach
  void stop() {
    gateway.close();
    servers.close();
    http.close();
  }

  private void write(String time) throws IOException {
    Files.writeString(
        document,
        """
        version: "2"
        capacity: { head_timeout: %1$s, body_timeout: %1$s }
        servers:
          stuck:
            transport: { streamable_http: { url: "%2$s" } }
            capacity: { calls: 4, waiting: 2, max_wait: 100ms }
          well:
            transport: { streamable_http: { url: "%3$s" } }
        policies:
          open: { default: allow, tools: {} }
        """
            .formatted(time, servers.url("stuck"), servers.url("well")));
  }

  @Test
  void servesOthersWhileThousandsOfConnectionsAreHalfSent() throws Exception {
    long files =
        ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getMaxFileDescriptorCount();
    assumeThat(files).as("file descriptors, for %s connections", HALF_SENT).isGreaterThan(8_000);
    String session = session("well");
    URI operators = URI.create(gateway.admin());
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < HALF_SENT; i++) {
        open.add(begun(gateway.port(), BEGINNINGS.get(i % BEGINNINGS.size())));
      }
      for (int i = 0; i < HALF_SENT_TO_OPERATORS; i++) {
        open.add(begun(operators.getPort(), BEGINNINGS.get(i % 3)));
      }
      assertThat(
              Eventually.get(
                  () -> metric("tollbar_connections{port=\"clients\"}"),
                  number -> number > HALF_SENT))
          .isGreaterThan(HALF_SENT);
      for (int i = 0; i < 50; i++) {
        assertThat(call("well", session).statusCode()).isEqualTo(200);
      }

      write("500ms");

      for (SocketChannel each : open) {
        assertThat(ended(each)).isTrue();
      }
      assertThat(call("well", session).statusCode()).isEqualTo(200);
    } finally {
      for (SocketChannel each : open) {
        each.close();
      }
    }
    assertThat(closed("clients", "late_head") + closed("clients", "late_body"))
        .isEqualTo(HALF_SENT);
    assertThat(closed("clients", "late_body")).isEqualTo(HALF_SENT_BODIES);
    assertThat(closed("operators", "late_head")).isEqualTo(HALF_SENT_TO_OPERATORS);
    assertThat(gateway.log().lines().filter(line -> line.contains("a connection to the port of")))
        .hasSize(3)
        .anySatisfy(line ->
            assertThat(line)
                .endsWith(
                    "a connection to the port of clients is closed: it did not send the head of a"
                        + " request in time"));
  }

  @Test
  void shedsTheCallsOfAStuckServerAndNoOthers() throws Exception {
    String stuck = session("stuck");
    String well = session("well");
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      calls.add(http.sendAsync(request("stuck", stuck, i), BodyHandlers.ofString()));
    }
    for (int i = 0; i < 50; i++) {
      assertThat(call("well", well).statusCode()).isEqualTo(200);
    }
    assertThat(
            Eventually.get(
                () -> calls.stream().filter(CompletableFuture::isDone).count(), done -> done == 36))
        .isEqualTo(36);
    servers.goOn();

    List<HttpResponse<String>> shed = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> call : calls) {
      if (call.get().statusCode() != 200) {
        shed.add(call.get());
      }
    }
    assertThat(shed)
        .hasSize(36)
        .allSatisfy(answer -> {
          assertThat(answer.statusCode()).isEqualTo(503);
          assertThat(answer.headers().firstValue("Retry-After")).contains("1");
          assertThat(answer.body())
              .contains("The server behind the gateway has too much to do. Try again in a second.");
        });
    assertThat(call("stuck", stuck).statusCode()).isEqualTo(200);
    assertThat(
            metric("tollbar_calls_total{code=\"server_busy\",decision=\"deny\",server=\"stuck\"}"))
        .isEqualTo(36);
  }

  @Test
  void takesTheSettingsOfThePage(Archive archive, @TempDir Path work) throws Exception {
    Path page = work.resolve("page.yaml");
    Files.writeString(
        page,
        """
        version: "2"
        capacity: { calls: 500, bodies: 64MB, connections: 5000, connections_per_address: 0, head_timeout: 5s, body_timeout: 10s, idle_timeout: 2m, reply_timeout: 30s }
        servers:
          tickets:
            transport: { streamable_http: { url: "https://tickets.example/mcp" } }
            capacity: { calls: 40, waiting: 80, max_wait: 2s }
        """);

    assertThat(archive.run("check", page.toString()).exitCode()).isZero();
  }

  private static SocketChannel begun(int port, String text) throws IOException {
    SocketChannel socket =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    return socket;
  }

  /** Whether the gateway has ended the connection, once it has. */
  private static boolean ended(SocketChannel socket) {
    try {
      return socket.read(ByteBuffer.allocate(1)) < 0;
    } catch (IOException _) {
      return true;
    }
  }

  private double closed(String port, String reason) throws Exception {
    return metric(
        "tollbar_connections_closed_total{port=\"" + port + "\",reason=\"" + reason + "\"}");
  }

  private double metric(String name) throws IOException, InterruptedException {
    Matcher line =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$")
            .matcher(gateway.operators("/metrics").body());
    return line.find() ? Double.parseDouble(line.group(1)) : 0;
  }

  private String session(String server) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            request(
                server,
                HttpRequest.newBuilder(),
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
                    + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                    + "\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}"),
            BodyHandlers.ofString());
    return answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  private HttpResponse<String> call(String server, String session)
      throws IOException, InterruptedException {
    // An id of its own each: the gateway may still be busy with the end of the one before.
    return http.send(request(server, session, ids.incrementAndGet()), BodyHandlers.ofString());
  }

  private HttpRequest request(String server, String session, int id) {
    return request(
        server,
        HttpRequest.newBuilder()
            .header("Mcp-Session-Id", session)
            .header("MCP-Protocol-Version", "2025-11-25"),
        CALL.replace("\"id\":1", "\"id\":" + id));
  }

  private HttpRequest request(String server, HttpRequest.Builder request, String body) {
    return request
        .uri(URI.create(gateway.url(server)))
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
        .POST(BodyPublishers.ofString(body))
        .build();
  }
}
