package dev.tollbar.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.Secret;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport.Health;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("StringConcatToTextBlock") // which lines end in CRLF is what this is about
class StreamableHttpSessionTest {
  private static final String SSE =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
  private static final String WITH_SESSION =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nmcp-session-id: s-1\r\n"
          + "Content-Length: 2\r\n\r\n{}";

  @Test
  void sendsItsOwnHeadersAndTheSessionOfTheServer() throws Exception {
    try (RawServer server = RawServer.saying(WITH_SESSION);
        StreamableHttpTransport transport =
            Fixture.transport(
                Fixture.config(
                    server.url() + "?a=%20b", Map.of("Authorization", new Secret("Bearer k"))),
                Fixture.LONG)) {
      UpstreamSession session = transport.connect();
      readAll(session.send(Fixture.initialize()));
      readAll(session.send(Fixture.call(1)));
      session.close();
      String common =
          " /mcp?a=%20b HTTP/1.1\r\nHost: 127.0.0.1:"
              + server.port()
              + "\r\nAccept-Encoding: identity\r\nUser-Agent: tollbar\r\n"
              + "Authorization: Bearer k\r\n";
      String post =
          "POST"
              + common
              + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n";
      assertThat(server.requests)
          .containsExactly(
              post
                  + "Content-Length: 46\r\n\r\n"
                  + "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\"}",
              post
                  + "Mcp-Session-Id: s-1\r\nMCP-Protocol-Version: 2025-06-18\r\n"
                  + "Content-Length: 46\r\n\r\n"
                  + "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}",
              "DELETE"
                  + common
                  + "Accept: application/json\r\n"
                  + "Mcp-Session-Id: s-1\r\nMCP-Protocol-Version: 2025-06-18\r\n\r\n");
      assertThat(session.alive()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401|text/plain|REFUSED|the server answered with status 401",
        "404|text/html|REFUSED|the server answered with status 404",
        "502|text/html|REFUSED|the server answered with status 502",
        "421|text/plain|REFUSED|the server answered with status 421",
        "500|text/event-stream|REFUSED|the server answered with status 500",
        "301|application/json|REFUSED|the server answered with status 301, a redirect, which is not followed",
        "307|text/html|REFUSED|the server answered with status 307, a redirect, which is not followed",
        "308|text/event-stream|REFUSED|the server answered with status 308, a redirect, which is not followed",
        "200|text/html|MALFORMED|the server answered with status 200 and \"text/html\", not with a message",
        "200|text/json|MALFORMED|the server answered with status 200 and \"text/json\", not with a message",
        "201|text/event-stream|MALFORMED|the server answered with status 201 and \"text/event-stream\", not with a message",
        "204|application/json|MALFORMED|the server answered with status 204 and \"application/json\", not with a message",
        "202|application/json|MALFORMED|the server answered with status 202 and \"application/json\", not with a message",
      })
  void saysWhyAReplyIsOfNoUse(int status, String type, Reason reason, String message)
      throws Exception {
    String reply =
        "HTTP/1.1 " + status + " X\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\n{}";
    try (RawServer server = RawServer.saying(reply);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.send(Fixture.call(1)))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(reason);
                assertThat(e.status()).isEqualTo(status);
                assertThat(e.delivered()).isTrue();
              })
          .hasMessage(message);
      assertThat(session.alive()).isTrue();
    }
  }

  @Test
  void aReplyWithoutAContentTypeIsNoMessage() throws Exception {
    try (RawServer server = RawServer.saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.send(Fixture.call(1)))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED))
          .hasMessage(
              "the server answered with status 200 and no content type, not with a message");
    }
  }

  @Test
  void passesOnAnErrorThatIsAJsonMessage() throws Exception {
    try (RawServer server = RawServer.saying(Fixture.json(400, "{\"error\":1}"));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.call(1))) {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.length()).hasValue(11);
      assertThat(reply.body()).hasContent("{\"error\":1}");
    }
  }

  @Test
  void acceptsWhateverAServerSaysToANotification() throws Exception {
    try (RawServer server =
            RawServer.saying("HTTP/1.1 202 Accepted\r\nContent-Length: 8\r\n\r\nAccepted");
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(session.send(Fixture.notification())).isInstanceOf(UpstreamReply.Accepted.class);
      }
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  void givesEachEventWhenItArrives() throws Exception {
    CountDownLatch firstWasRead = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(SSE + "data: {\"n\":1}\n\n");
              firstWasRead.await();
              peer.say("data: {\"n\":2}\n\n");
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(data(events)).contains("{\"n\":1}");
      firstWasRead.countDown();
      assertThat(data(events)).contains("{\"n\":2}");
      assertThat(data(events)).isEmpty();
    }
  }

  @Test
  void aStreamThatEndsInsideAChunkIsBroken() throws Exception {
    try (RawServer server =
            RawServer.sayingOnce(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\nff\r\ndata: 1\n\n");
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(data(events)).contains("1");
      assertFails(events::next, Reason.BROKEN, true);
    }
  }

  @Test
  void anEventStreamThatEndsInChunksLeavesItsConnectionToTheNextCall() throws Exception {
    try (RawServer server =
            RawServer.saying(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n0\r\n\r\n");
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      for (int i = 0; i < 3; i++) {
        try (UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(i))) {
          assertThat(data(events)).contains("1");
          assertThat(data(events)).isEmpty();
        }
      }
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  void aSecondListenerReplacesTheFirstButNotAStreamThatGoesOnElsewhere() throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(SSE + "data: " + peer.number() + "\n\n");
              peer.request();
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      EventStream resumed = session.listen(Optional.of("ev-9"));
      assertThat(server.requests.getFirst())
          .startsWith("GET /mcp HTTP/1.1\r\n")
          .contains("\r\nAccept: text/event-stream\r\n")
          .contains("\r\nLast-Event-ID: ev-9\r\n");
      EventStream first = session.listen(Optional.empty());
      assertThat(data(first)).contains("2");
      EventStream second = session.listen(Optional.empty());
      assertThat(first.next()).isEmpty();
      assertThat(data(second)).contains("3");
      assertThat(data(resumed)).contains("1");
      resumed.close();
      second.close();
      assertThat(second.next()).isEmpty();
    }
  }

  @Test
  void sendsNoEventIdThatWouldBeAnotherHeader() throws Exception {
    try (RawServer server = RawServer.saying(SSE);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.listen(Optional.of("1\r\nX: y")))
          .isInstanceOf(UpstreamException.class)
          .hasMessage("the event id \"1\\r\\nX: y\" cannot be sent in a header");
      assertThat(server.requests).isEmpty();
    }
  }

  @Test
  void aServerWithoutAListeningStreamRefuses() throws Exception {
    try (RawServer server =
            RawServer.saying("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.listen(Optional.empty()))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.REFUSED);
                assertThat(e.status()).isEqualTo(405);
              });
      assertThat(session.alive()).isTrue();
    }
  }

  @Test
  void aSilentServerTimesOutBeforeAndInsideItsReply() throws Exception {
    try (RawServer silent =
            new RawServer(peer -> {
              peer.request();
              peer.request();
            });
        RawServer stalling =
            new RawServer(peer -> {
              peer.request();
              peer.say(SSE + "data: 1\n\ndata");
              peer.request();
            });
        StreamableHttpTransport first =
            Fixture.transport(Fixture.config(silent.url()), Duration.ofMillis(200));
        StreamableHttpTransport second =
            Fixture.transport(Fixture.config(stalling.url()), Duration.ofMillis(200))) {
      assertFails(() -> first.connect().send(Fixture.call(1)), Reason.TIMEOUT, true);
      assertThat(first.health()).isEqualTo(new Health(false, "the server was silent for too long"));
      UpstreamReply.Events events = (UpstreamReply.Events) second.connect().send(Fixture.call(1));
      assertThat(data(events)).contains("1");
      assertFails(events::next, Reason.TIMEOUT, true);
    }
  }

  @Test
  void aServerThatWaitsForTheClientIsNotSilent() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(peer -> {
              String request = peer.request().orElseThrow();
              if (request.contains("tools/call")) {
                peer.say(SSE + "data: {\"method\":\"elicitation/create\",\"id\":5}\n\n");
                answered.await();
                peer.say("data: {\"id\":1,\"result\":{}}\n\n");
              } else {
                peer.say("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
                answered.countDown();
              }
            });
        StreamableHttpTransport transport =
            Fixture.transport(Fixture.config(server.url()), Duration.ofMillis(300));
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(data(events)).contains("{\"method\":\"elicitation/create\",\"id\":5}");
      FutureTask<Optional<String>> rest = new FutureTask<>(() -> data(events));
      Thread.ofVirtual().start(rest);
      // Longer than the server may be silent: nothing but a wait can show that it is not cut off.
      Thread.sleep(700);
      assertThat(rest.isDone()).isFalse();
      session.send(Fixture.response(5));
      assertThat(rest.get()).contains("{\"id\":1,\"result\":{}}");
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.request();
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      FutureTask<UpstreamReply> waiting = new FutureTask<>(() -> session.send(Fixture.call(1)));
      Thread thread = Thread.ofVirtual().start(waiting);
      while (server.requests.isEmpty()) {
        Thread.onSpinWait();
      }
      thread.interrupt();
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(InterruptedException.class);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void closingASessionEndsItsStreamsAndNoOthers() throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(SSE + "data: 1\n\n");
              peer.request();
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession other = transport.connect()) {
      EventStream kept = other.listen(Optional.empty());
      UpstreamSession session = transport.connect();
      EventStream stream = session.listen(Optional.empty());
      assertThat(data(stream)).contains("1");
      session.close();
      assertFails(stream::next, Reason.BROKEN, true);
      assertThat(data(kept)).contains("1");
      assertThat(transport.connectionCount()).isOne();
    }
  }

  @Test
  void aRefusedConnectionIsUnreachableAndNotDelivered() throws Exception {
    // Bound and not listening: refused, and nobody else can take the port meanwhile.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String address = "127.0.0.1:" + held.getLocalPort();
      try (StreamableHttpTransport transport =
              Fixture.transport(Fixture.config("http://" + address + "/mcp"), Fixture.LONG);
          UpstreamSession session = transport.connect()) {
        assertThat(transport.health()).isEqualTo(new Health(true, "not used yet"));
        assertFails(() -> session.send(Fixture.call(1)), Reason.UNREACHABLE, false);
        assertThat(transport.health())
            .isEqualTo(new Health(false, address + ": connection refused"));
      }
    }
  }

  static void assertFails(ThrowingCallable action, Reason reason, boolean delivered) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.delivered()).isEqualTo(delivered);
            });
  }

  static void readAll(UpstreamReply reply) throws Exception {
    try (UpstreamReply.Single single = (UpstreamReply.Single) reply) {
      single.body().readAllBytes();
    }
  }

  private static Optional<String> data(EventStream stream) throws Exception {
    return stream.next().map(event -> new String(event.data(), UTF_8));
  }
}
