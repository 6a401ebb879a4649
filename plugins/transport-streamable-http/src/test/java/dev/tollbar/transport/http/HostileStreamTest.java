package dev.tollbar.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport.Health;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server over HTTP+SSE can do wrong. Heads are read as those of HostileReplyTest. */
@SuppressWarnings("StringConcatToTextBlock") // which lines end in CRLF is what this is about
@Timeout(60)
class HostileStreamTest {
  private static final String RESPONSE = "{\"result\":{},\"id\":1}";

  // --- the stream

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|text/html|MALFORMED|the server answered with status 200 and \"text/html\", not with a message",
        "200|application/json|MALFORMED|the server answered with status 200 and \"application/json\", not with a message",
        "202|text/event-stream|MALFORMED|the server answered with status 202 and \"text/event-stream\", not with a message",
        "302|text/event-stream|REFUSED|the server answered with status 302, a redirect, which is not followed",
        "308|text/html|REFUSED|the server answered with status 308, a redirect, which is not followed",
        "400|application/json|REFUSED|the server answered with status 400",
        "401|text/plain|REFUSED|the server answered with status 401",
        "404|text/html|REFUSED|the server answered with status 404",
        "405|text/html|REFUSED|the server answered with status 405",
        "421|text/plain|REFUSED|the server answered with status 421",
        "503|text/event-stream|REFUSED|the server answered with status 503",
      })
  void saysWhyThereIsNoStream(int status, String type, Reason reason, String message)
      throws Exception {
    String reply =
        "HTTP/1.1 " + status + " X\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\n{}";
    try (RawServer server = RawServer.saying(reply);
        SseTransport transport = Fixture.sse(server.url())) {
      SseSessionTest.assertFails(transport::connect, reason, false, status, message);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  static Stream<Arguments> withoutEndpoint() {
    String noUrl = "the server sent an endpoint that is no URL";
    String foreign = "the server sent an endpoint of another origin";
    return Stream.of(
        Arguments.of(
            "data: " + RESPONSE + "\n\n",
            "the server sent an event of type \"message\" before it named an endpoint"),
        Arguments.of(
            "event: ping\ndata: 1\n\n",
            "the server sent an event of type \"ping\" before it named an endpoint"),
        Arguments.of(endpoint(""), noUrl),
        Arguments.of("event: endpoint\n\n", noUrl),
        Arguments.of(endpoint("#x"), noUrl),
        Arguments.of(endpoint("/a b"), noUrl),
        Arguments.of(endpoint("/a\rdata: X: y"), noUrl),
        Arguments.of(endpoint("\\\\evil.example\\x"), noUrl),
        Arguments.of(endpoint("http://[::1/"), noUrl),
        Arguments.of(endpoint("http://evil.example/messages"), foreign),
        Arguments.of(endpoint("//evil.example/messages"), foreign),
        Arguments.of(endpoint("https://127.0.0.1:PORT/messages"), foreign),
        Arguments.of(endpoint("http://127.0.0.1:1/messages"), foreign),
        Arguments.of(endpoint("http://127.0.0.1/messages"), foreign),
        Arguments.of(endpoint("http://me@127.0.0.1:PORT/messages"), foreign),
        Arguments.of(endpoint("http://127.0.0.1:PORT@evil.example/"), foreign),
        Arguments.of(endpoint("file:///etc/passwd"), foreign),
        Arguments.of(endpoint("javascript:1"), foreign),
        Arguments.of(
            endpoint("/" + "x".repeat(8_192)),
            "the server sent an endpoint of more than 8192 characters"),
        Arguments.of(
            "event: endpoint\ndata: /" + "x".repeat(100_000),
            "the server sent an event of more than 100000 bytes"),
        Arguments.of(
            ": only a comment\n\n",
            "the server sent a stream that ended before it named an endpoint"));
  }

  @ParameterizedTest
  @MethodSource("withoutEndpoint")
  void refusesAStreamThatNamesNoEndpointOfItsOwn(String events, String message) throws Exception {
    CountDownLatch sawTheEnd = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              String port = Integer.toString(peer.socket().getLocalPort());
              try {
                peer.say(SseServer.STREAM + events.replace("PORT", port));
                if (events.startsWith(":")) {
                  peer.socket().shutdownOutput();
                }
                peer.request();
              } finally {
                sawTheEnd.countDown();
              }
            });
        SseTransport transport = Fixture.sse(server.url())) {
      SseSessionTest.assertFails(transport::connect, Reason.MALFORMED, false, 0, message);
      assertThat(transport.health()).isEqualTo(new Health(false, message));
      sawTheEnd.await();
      assertThat(server.connections).hasValue(1);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "messages?s=1|/messages?s=1",
        "/b;c=d?e|/b;c=d?e",
        "?s=1|/mcp?s=1",
        "./x/y|/x/y",
        "http://127.0.0.1:PORT/m#top|/m",
        "HTTP://127.0.0.1:PORT|/",
        "/m%0d%0aX:%20y|/m%0d%0aX:%20y",
      })
  void postsToAnyPlaceOfTheSameOrigin(String reference, String target) throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              String port = Integer.toString(peer.socket().getLocalPort());
              if (peer.request().orElseThrow().startsWith("GET ")) {
                peer.say(SseServer.STREAM + ": hello\n\n");
                peer.say(endpoint(reference.replace("PORT", port)));
              } else {
                peer.say(SseServer.ACCEPTED);
              }
              peer.request();
            });
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      session.send(Fixture.notification());
      assertThat(server.requests.getLast())
          .startsWith("POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void doesNotWaitForEverForTheEndpoint(boolean talkative) throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(SseServer.STREAM);
              while (talkative) {
                peer.say(": still here\n\n");
              }
              peer.request();
            });
        SseTransport transport =
            Fixture.sse(Fixture.sseConfig(server.url(), Map.of()), Duration.ofMillis(200))) {
      SseSessionTest.assertFails(
          transport::connect,
          Reason.TIMEOUT,
          false,
          0,
          "the server named no endpoint within 200 ms");
      assertThat(transport.connectionCount()).isZero();
    }
  }

  // --- messages

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "302|the server answered with status 302, a redirect, which is not followed",
        "400|the server answered with status 400",
        "404|the server answered with status 404",
        "421|the server answered with status 421",
        "500|the server answered with status 500",
      })
  void aPostThatIsRefusedFailsItsCallAlone(int status, String message) throws Exception {
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              if (request.contains("\"id\":1")) {
                post.say(SseServer.ACCEPTED);
                stream.say(SseServer.event(RESPONSE));
              } else {
                post.say("HTTP/1.1 " + status + " X\r\nContent-Length: 6\r\n\r\n<html>");
              }
            });
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      SseSessionTest.assertFails(
          () -> session.send(Fixture.call(2)), Reason.REFUSED, true, status, message);
      SseSessionTest.assertFails(
          () -> session.send(Fixture.notification()), Reason.REFUSED, true, status, message);
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 202 A;Content-Length: 2;Content-Length: 3|MALFORMED|the server sent two different Content-Length",
        "HTTP/1.1 202 A;Content-Length: 2;Transfer-Encoding: chunked|MALFORMED|the server sent both Content-Length and Transfer-Encoding",
        "SSH-2.0-OpenSSH_9.2|MALFORMED|the server sent something that is not HTTP/1.1",
      })
  void aPostWithAHostileReplyFailsItsCallAlone(String head, Reason reason, String message)
      throws Exception {
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              if (request.contains("\"id\":1")) {
                post.say(SseServer.ACCEPTED);
                stream.say(SseServer.event(RESPONSE));
              } else {
                post.say(head.replace(";", "\r\n") + "\r\n\r\n");
              }
            });
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      SseSessionTest.assertFails(() -> session.send(Fixture.call(2)), reason, true, 0, message);
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
    }
  }

  @Test
  void whateverAPostIsAnsweredWithTheResponseComesOnTheStream() throws Exception {
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              post.say(Fixture.json("{\"result\":{\"other\":1},\"id\":1}"));
              stream.say(SseServer.event(RESPONSE));
            });
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect();
        UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.call(1))) {
      assertThat(reply.body()).hasContent(RESPONSE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "{\"result\":{},\"id\":1",
        "{\"result\":{},\"id\":1}{}",
        "{\"result\":{},\"id\":1,\"id\":2}",
        "[{\"result\":{},\"id\":1}]",
        "{}",
        "null",
        "{\"result\":\"a\u0001b\",\"id\":1}",
      })
  void anEventThatIsNoMessageFailsTheOneCallAndNotTheSession(String data) throws Exception {
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              post.say(SseServer.ACCEPTED);
              stream.say(SseServer.event(request.contains("\"id\":1") ? RESPONSE : data));
            });
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      SseSessionTest.assertFails(
          () -> session.send(Fixture.call(2)),
          Reason.MALFORMED,
          true,
          0,
          "the server sent an event that is no message");
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"result\":{},\"id\":\"2\"}", "{\"result\":{},\"id\":3}"})
  void aResponseWithAnotherIdAnswersNobody(String response) throws Exception {
    try (SseServer server =
            new SseServer((request, post, stream) -> {
              post.say(SseServer.ACCEPTED);
              stream.say(SseServer.event(request.contains("\"id\":1") ? RESPONSE : response));
            });
        SseTransport transport =
            Fixture.sse(Fixture.sseConfig(server.url(), Map.of()), Duration.ofMillis(300));
        UpstreamSession session = transport.connect()) {
      SseSessionTest.assertFails(
          () -> session.send(Fixture.call(2)),
          Reason.TIMEOUT,
          true,
          0,
          "the server said nothing for 300 ms");
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
    }
  }

  @Test
  void anEndlessEventEndsTheSession() throws Exception {
    try (SseServer server = SseServer.saying("data: " + "x".repeat(100_001));
        SseTransport transport = Fixture.sse(server.url());
        UpstreamSession session = transport.connect()) {
      String message = "the server sent an event of more than 100000 bytes";
      SseSessionTest.assertFails(
          () -> session.send(Fixture.call(1)), Reason.MALFORMED, true, 0, message);
      SseSessionTest.assertFails(
          () -> session.send(Fixture.call(1)), Reason.SESSION_LOST, false, 0, message);
    }
  }

  private static String endpoint(String reference) {
    return "event: endpoint\ndata: " + reference + "\n\n";
  }
}
