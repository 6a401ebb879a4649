package dev.tollbar.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What messages of MCP 2026-07-28 need: headers of their own, and cancellation by closing. */
@SuppressWarnings("StringConcatToTextBlock") // which lines end in CRLF is what this is about
@Timeout(60)
class ModernSessionTest {
  private static final String SSE =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  @Test
  void sendsTheHeadersOfTheMessageAndNoneThatAreNotItsOwn() throws Exception {
    try (RawServer server = RawServer.saying(Fixture.json("{}"));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThat(transport.separatesRequests()).isTrue();
      StreamableHttpSessionTest.readAll(
          session.send(
              Fixture.modern(
                  "tools/call",
                  Map.of(
                      "Mcp-Name", "create refund\tnow",
                      "mcp-method", "tools/call",
                      "Mcp-Param-Region", "=?base64?w6Q=?=",
                      "Mcp-Param-Empty", "",
                      "MCP-SESSION-ID", "s-9",
                      "Mcp-Protocol-Version", "2024-11-05",
                      "Authorization", "Bearer x",
                      "X\r\nY", "z"))));
      StreamableHttpSessionTest.readAll(
          session.send(Fixture.modern("tools/list", Map.of("Mcp-Method", "tools/list"))));
      assertThat(server.requests.getFirst())
          .contains(
              "Content-Type: application/json\r\nMCP-Protocol-Version: 2026-07-28\r\n"
                  + "mcp-method: tools/call\r\nMcp-Name: create refund\tnow\r\n"
                  + "Mcp-Param-Empty: \r\nMcp-Param-Region: =?base64?w6Q=?=\r\n"
                  + "Content-Length: 46\r\n\r\n{")
          .doesNotContain("s-9", "Bearer", "X\r\nY");
      assertThat(server.requests.getLast())
          .contains(
              "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/list\r\nContent-Length: 46\r\n")
          .doesNotContain("Mcp-Name");
    }
  }

  static Stream<Arguments> unfit() {
    String value = "the value of the header Mcp-Name cannot be sent";
    return Stream.of(
        Arguments.of("Mcp-Na me", "x", "the header name \"Mcp-Na me\" cannot be sent"),
        Arguments.of("Mcp-Ü", "x", "the header name \"Mcp-Ü\" cannot be sent"),
        Arguments.of("Mcp-A:\r\nX", "x", "the header name \"Mcp-A:\\r\\nX\" cannot be sent"),
        Arguments.of("Mcp-Name", " x", value),
        Arguments.of("Mcp-Name", "x\t", value),
        Arguments.of("Mcp-Name", "ü", value),
        Arguments.of("Mcp-Name", "a\rb", value),
        Arguments.of("Mcp-Name", "a\nX-Key: b", value),
        Arguments.of("Mcp-Name", "a\0b", value));
  }

  @ParameterizedTest
  @MethodSource("unfit")
  void sendsNothingThatWouldBeAnotherHeader(String name, String value, String message)
      throws Exception {
    assertRefused(Map.of(name, value), message);
  }

  @Test
  void sendsNoHeaderInTwoSpellings() throws Exception {
    assertRefused(
        Map.of("Mcp-Name", "a", "mcp-name", "b"), "the header mcp-name is there in two spellings");
  }

  private static void assertRefused(Map<String, String> headers, String message) throws Exception {
    try (RawServer server = RawServer.saying(Fixture.json("{}"));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.send(Fixture.modern("tools/call", headers)))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.REFUSED);
                assertThat(e.delivered()).isFalse();
              })
          .hasMessage(message);
      assertThat(server.requests).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404})
  void passesOnARefusalThatIsAMessageWithItsStatus(int status) throws Exception {
    String error = "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"no\"}}";
    try (RawServer server = RawServer.saying(Fixture.json(status, error));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      for (int i = 0; i < 2; i++) {
        try (UpstreamReply.Single reply =
            (UpstreamReply.Single) session.send(Fixture.modern("ping", Map.of()))) {
          assertThat(reply.status()).isEqualTo(status);
          assertThat(reply.body()).hasContent(error);
        }
      }
      assertThat(session.alive()).isTrue();
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  void anInterruptClosesTheConnectionBeforeTheReply() throws Exception {
    CountDownLatch sawTheEnd = new CountDownLatch(1);
    try (RawServer server = new RawServer(peer -> countEnd(peer, sawTheEnd, ""));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      FutureTask<UpstreamReply> waiting =
          new FutureTask<>(() -> session.send(Fixture.modern("tools/call", Map.of())));
      Thread thread = Thread.ofVirtual().start(waiting);
      awaitRequest(server);
      thread.interrupt();
      sawTheEnd.await();
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(InterruptedException.class);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void anInterruptClosesTheConnectionInsideAStream() throws Exception {
    CountDownLatch sawTheEnd = new CountDownLatch(1);
    try (RawServer server = new RawServer(peer -> countEnd(peer, sawTheEnd, SSE + event("1")));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events =
            (UpstreamReply.Events) session.send(Fixture.modern("tools/call", Map.of()))) {
      assertThat(data(events)).contains("1");
      FutureTask<Optional<String>> waiting = new FutureTask<>(() -> data(events));
      Thread thread = Thread.ofVirtual().start(waiting);
      thread.interrupt();
      sawTheEnd.await();
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(InterruptedException.class);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void closingAStreamBeforeItsEndClosesTheConnection() throws Exception {
    CountDownLatch sawTheEnd = new CountDownLatch(1);
    try (RawServer server = new RawServer(peer -> countEnd(peer, sawTheEnd, SSE + event("1")));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      UpstreamReply reply = session.send(Fixture.modern("tools/call", Map.of()));
      reply.close();
      sawTheEnd.await();
      assertThat(transport.connectionCount()).isZero();
      assertThat(session.alive()).isTrue();
    }
  }

  @Test
  void closingAMessageBeforeItsEndClosesTheConnection() throws Exception {
    CountDownLatch sawTheEnd = new CountDownLatch(1);
    String begun =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    try (RawServer server = new RawServer(peer -> countEnd(peer, sawTheEnd, begun));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      session.send(Fixture.modern("tools/call", Map.of())).close();
      sawTheEnd.await();
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void aStreamOfSubscriptionsMayBeSilentForLongerThanAReply() throws Exception {
    CountDownLatch waited = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(SSE + event("1"));
              waited.await();
              peer.say(event("2"));
              peer.request();
            });
        StreamableHttpTransport transport =
            Fixture.transport(Fixture.config(server.url()), Duration.ofMillis(200));
        UpstreamSession session = transport.connect();
        UpstreamReply.Events subscriptions =
            (UpstreamReply.Events) session.send(Fixture.modern("subscriptions/listen", Map.of()));
        UpstreamReply.Events call =
            (UpstreamReply.Events) session.send(Fixture.modern("tools/call", Map.of()))) {
      assertThat(data(subscriptions)).contains("1");
      FutureTask<Optional<String>> second = new FutureTask<>(() -> data(subscriptions));
      Thread.ofVirtual().start(second);
      assertThat(data(call)).contains("1");
      // The server is silent to both; the one that gives up shows that the other has not.
      StreamableHttpSessionTest.assertFails(call::next, Reason.TIMEOUT, true);
      assertThat(second.isDone()).isFalse();
      waited.countDown();
      assertThat(second.get()).contains("2");
    }
  }

  @Test
  void aRequestOfTheServerStopsNoDeadline() throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(SSE + event("{\"id\":1,\"method\":\"sampling/createMessage\"}"));
              peer.request();
            });
        StreamableHttpTransport transport =
            Fixture.transport(Fixture.config(server.url()), Duration.ofMillis(200));
        UpstreamSession session = transport.connect();
        UpstreamReply.Events call =
            (UpstreamReply.Events) session.send(Fixture.modern("tools/call", Map.of()))) {
      assertThat(data(call)).isPresent();
      StreamableHttpSessionTest.assertFails(call::next, Reason.TIMEOUT, true);
    }
  }

  private static void countEnd(RawServer.Peer peer, CountDownLatch sawTheEnd, String reply)
      throws Exception {
    peer.request();
    peer.say(reply);
    if (peer.request().isEmpty()) {
      sawTheEnd.countDown();
    }
  }

  private static String event(String data) {
    String event = "data: " + data + "\n\n";
    return Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
  }

  private static void awaitRequest(RawServer server) {
    while (server.requests.isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private static Optional<String> data(EventStream stream) throws Exception {
    return stream.next().map(event -> new String(event.data(), UTF_8));
  }
}
