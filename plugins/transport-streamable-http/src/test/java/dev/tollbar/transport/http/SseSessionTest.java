package dev.tollbar.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.Secret;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport.Health;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("StringConcatToTextBlock") // which lines end in CRLF is what this is about
@Timeout(60)
class SseSessionTest {

  @Test
  void postsToTheEndpointThatTheStreamNames() throws Exception {
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              post.say(SseServer.ACCEPTED);
              if (request.contains("\"id\":")) {
                stream.say(SseServer.event(response(request.contains("\"id\":0") ? 0 : 1)));
              }
            });
        SseTransport transport =
            Fixture.sse(
                Fixture.sseConfig(server.url(), Map.of("Authorization", new Secret("Bearer k"))),
                Fixture.LONG)) {
      UpstreamSession session = transport.connect();
      assertThat(text(session.send(Fixture.initialize()))).isEqualTo(response(0));
      assertThat(session.send(Fixture.notification())).isInstanceOf(UpstreamReply.Accepted.class);
      assertThat(text(session.send(Fixture.call(1)))).isEqualTo(response(1));
      String common =
          " HTTP/1.1\r\nHost: 127.0.0.1:"
              + server.port()
              + "\r\nAccept-Encoding: identity\r\nUser-Agent: tollbar\r\n"
              + "Authorization: Bearer k\r\n";
      String post =
          "POST /messages?session=7"
              + common
              + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n";
      assertThat(server.requests())
          .containsExactly(
              "GET /base/sse?key=1" + common + "Accept: text/event-stream\r\n\r\n",
              post
                  + "Content-Length: 46\r\n\r\n"
                  + "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\"}",
              post
                  + "MCP-Protocol-Version: 2025-06-18\r\nContent-Length: 54\r\n\r\n"
                  + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
              post
                  + "MCP-Protocol-Version: 2025-06-18\r\nContent-Length: 46\r\n\r\n"
                  + "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}");
      assertThat(session.resumeToken()).isEmpty();
      assertThat(transport.separatesRequests()).isFalse();
      assertThat(transport.health()).isEqualTo(new Health(true, "answers"));
    }
  }

  @Test
  void sortsWhatArrivesByIdThenByTokenThenToTheYoungestCall() throws Exception {
    try (SseServer server = SseServer.saying("");
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      FutureTask<UpstreamReply> first = sending(session, withToken(1, "one"));
      await(() -> server.requests().size() == 2);
      FutureTask<UpstreamReply> second = sending(session, withToken(2, "two"));
      await(() -> server.requests().size() == 3);
      server.stream()
          .say(
              SseServer.event(progress("one"))
                  + SseServer.event("{\"method\":\"notifications/message\"}")
                  + SseServer.event(progress("two"))
                  + SseServer.event(response(1))
                  + SseServer.event(response(2)));
      try (UpstreamReply.Events one = (UpstreamReply.Events) first.get();
          UpstreamReply.Events two = (UpstreamReply.Events) second.get()) {
        assertThat(data(one)).contains(progress("one"));
        assertThat(data(one)).contains(response(1));
        assertThat(data(one)).isEmpty();
        assertThat(data(two)).contains("{\"method\":\"notifications/message\"}");
        assertThat(data(two)).contains(progress("two"));
        assertThat(data(two)).contains(response(2));
        assertThat(data(two)).isEmpty();
      }
    }
  }

  @Test
  void whatBelongsToNoCallWaitsForAListener() throws Exception {
    String changed = "{\"method\":\"notifications/tools/list_changed\"}";
    try (SseServer server =
            SseServer.saying(
                ": keep-alive\n\nid: 3\nretry: 5\nevent: message\ndata: {\"method\":\r\n"
                    + "data: \"notifications/tools/list_changed\"}\n\n");
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      session.send(Fixture.notification());
      EventStream first = session.listen(Optional.empty());
      Event event = first.next().orElseThrow();
      assertThat(new String(event.raw(), UTF_8))
          .isEqualTo(
              "event: message\ndata: {\"method\": \"notifications/tools/list_changed\"}\n\n");
      EventStream second = session.listen(Optional.of("3"));
      assertThat(first.next()).isEmpty();
      server.stream().say(SseServer.event(changed));
      assertThat(data(second)).contains(changed);
      second.close();
      assertThat(second.next()).isEmpty();
    }
  }

  @Test
  void aServerMayAnswerOnTheStreamBeforeItAcceptsThePost() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              if (request.contains("tools/call")) {
                stream.say(SseServer.event("{\"method\":\"sampling/createMessage\",\"id\":5}"));
                answered.await();
                stream.say(SseServer.event(response(1)));
              } else {
                answered.countDown();
              }
              post.say(SseServer.ACCEPTED);
            });
        SseTransport transport =
            Fixture.sse(Fixture.sseConfig(server.url(), Map.of()), Duration.ofMillis(300));
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(data(events)).contains("{\"method\":\"sampling/createMessage\",\"id\":5}");
      FutureTask<Optional<String>> rest = new FutureTask<>(() -> data(events));
      Thread.ofVirtual().start(rest);
      // Longer than the server may be silent: nothing but a wait can show that it is not cut off.
      Thread.sleep(700);
      assertThat(rest.isDone()).isFalse();
      session.send(Fixture.response(5));
      assertThat(rest.get()).contains(response(1));
    }
  }

  @Test
  void theLossOfTheStreamIsTheLossOfTheSession() throws Exception {
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              post.say(SseServer.ACCEPTED);
              stream.socket().close();
            });
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      EventStream listening = session.listen(Optional.empty());
      assertFails(
          () -> session.send(Fixture.call(1)),
          Reason.BROKEN,
          true,
          0,
          "the server ended the session's stream");
      assertFails(
          () -> session.send(Fixture.call(2)),
          Reason.SESSION_LOST,
          false,
          0,
          "the server ended the session's stream");
      assertFails(
          () -> session.send(Fixture.notification()),
          Reason.SESSION_LOST,
          false,
          0,
          "the server ended the session's stream");
      assertFails(
          () -> session.listen(Optional.empty()),
          Reason.SESSION_LOST,
          false,
          0,
          "the server ended the session's stream");
      assertThat(listening.next()).isEmpty();
      assertThat(session.alive()).isFalse();
    }
  }

  @Test
  void aServerThatEndsItsStreamIsDownUntilTheNext() throws Exception {
    try (SseServer server = SseServer.saying("");
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      server.stream().socket().close();
      await(() -> !transport.health().up());
      assertThat(transport.health())
          .isEqualTo(new Health(false, "the server ended the session's stream"));
      assertThat(session.alive()).isFalse();
      try (UpstreamSession next = transport.connect()) {
        assertThat(next.alive()).isTrue();
        assertThat(transport.health()).isEqualTo(new Health(true, "answers"));
      }
    }
  }

  @Test
  void noSessionCanBeResumed() throws Exception {
    try (SseServer server = SseServer.saying("");
        SseTransport transport = Fixture.sse(server.url())) {
      assertFails(
          () -> transport.resume("x"),
          Reason.SESSION_LOST,
          false,
          0,
          "the session ended with its gateway");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void closingASessionClosesItsStreamAndFailsItsCalls() throws Exception {
    CountDownLatch sawTheEnd = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(peer -> {
              if (peer.request().orElseThrow().startsWith("GET ")) {
                peer.say(SseServer.STREAM + SseServer.ENDPOINT);
                peer.request();
                sawTheEnd.countDown();
              } else {
                peer.say(SseServer.ACCEPTED);
                peer.request();
              }
            });
        SseTransport transport = Fixture.sse(server.url())) {
      UpstreamSession session = transport.connect();
      FutureTask<UpstreamReply> waiting = sending(session, Fixture.call(1));
      await(() -> server.requests.size() == 2);
      session.close();
      sawTheEnd.await();
      assertThatThrownBy(waiting::get)
          .cause()
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SESSION_LOST))
          .hasMessage("the session was closed");
      assertFails(
          () -> session.send(Fixture.call(2)),
          Reason.SESSION_LOST,
          false,
          0,
          "the session was closed");
    }
  }

  @Test
  void anInterruptEndsTheWaitAndNotTheSession() throws Exception {
    try (SseServer server = SseServer.saying("");
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      FutureTask<UpstreamReply> waiting = new FutureTask<>(() -> session.send(Fixture.call(1)));
      Thread thread = Thread.ofVirtual().start(waiting);
      await(() -> server.requests().size() == 2);
      thread.interrupt();
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(InterruptedException.class);
      FutureTask<UpstreamReply> next = sending(session, Fixture.call(2));
      await(() -> server.requests().size() == 3);
      // The late response is for nobody.
      server.stream().say(SseServer.event(response(1)) + SseServer.event(response(2)));
      assertThat(text(next.get())).isEqualTo(response(2));
    }
  }

  @Test
  void twoRequestsWithOneIdAreNotOpenAtOnce() throws Exception {
    try (SseServer server = SseServer.saying("");
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      FutureTask<UpstreamReply> waiting = sending(session, Fixture.call(1));
      await(() -> server.requests().size() == 2);
      assertFails(
          () -> session.send(Fixture.call(1)),
          Reason.REFUSED,
          false,
          0,
          "a request with the id 1 is still open");
      server.stream().say(SseServer.event(response(1)));
      assertThat(text(waiting.get())).isEqualTo(response(1));
    }
  }

  @Test
  void noMoreStreamsThanAllowedAndTheyTakeNoConnectionFromMessages() throws Exception {
    try (SseServer server = SseServer.saying(SseServer.event(response(1)));
        SseTransport transport =
            Fixture.sse(
                new SseConfig(
                    server.url(),
                    Map.of(),
                    Duration.ofMillis(500),
                    Optional.empty(),
                    Optional.empty(),
                    1,
                    1,
                    4_096,
                    100_000),
                Fixture.LONG)) {
      try (UpstreamSession session = transport.connect()) {
        assertFails(
            transport::connect,
            Reason.EXHAUSTED,
            false,
            0,
            "all 1 connections are in use (transport option max_streams)");
        assertThat(text(session.send(Fixture.call(1)))).isEqualTo(response(1));
      }
      transport.connect().close();
    }
  }

  static void assertFails(
      ThrowingCallable action, Reason reason, boolean delivered, int status, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            UpstreamException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.delivered()).isEqualTo(delivered);
              assertThat(e.status()).isEqualTo(status);
            })
        .hasMessage(message);
  }

  private static FutureTask<UpstreamReply> sending(
      UpstreamSession session, UpstreamMessage message) {
    FutureTask<UpstreamReply> sending = new FutureTask<>(() -> session.send(message));
    Thread.ofVirtual().start(sending);
    return sending;
  }

  private static UpstreamMessage withToken(int id, String token) {
    UpstreamMessage call = Fixture.call(id);
    return new UpstreamMessage(
        call.bytes(),
        call.kind(),
        call.method(),
        call.id(),
        Optional.of(MessageId.text(token)),
        call.protocolRevision());
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private static String progress(String token) {
    return "{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":\""
        + token
        + "\"}}";
  }

  private static String response(int id) {
    return "{\"result\":{},\"id\":" + id + "}";
  }

  private static String text(UpstreamReply reply) throws Exception {
    try (UpstreamReply.Single single = (UpstreamReply.Single) reply) {
      assertThat(single.status()).isEqualTo(200);
      return new String(single.body().readAllBytes(), UTF_8);
    }
  }

  private static Optional<String> data(EventStream stream) throws Exception {
    return stream.next().map(event -> new String(event.data(), UTF_8));
  }
}
