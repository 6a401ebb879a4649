package dev.tollbar.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How servers say that they do not know a session any more. */
@SuppressWarnings("StringConcatToTextBlock") // which lines end in CRLF is what this is about
class LostSessionTest {
  private static final String WITH_SESSION =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nmcp-session-id: s-1\r\n"
          + "Content-Length: 2\r\n\r\n{}";

  @Test
  void aSessionThatTheServerDoesNotKnowIsLost() throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(WITH_SESSION);
              peer.request();
              peer.say(Fixture.json(404, "{}"));
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.initialize()));
      StreamableHttpSessionTest.assertFails(
          () -> session.send(Fixture.call(1)), Reason.SESSION_LOST, true);
      assertThat(session.alive()).isFalse();
      StreamableHttpSessionTest.assertFails(
          () -> session.send(Fixture.call(2)), Reason.SESSION_LOST, false);
      assertThat(server.requests).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bad Request: No valid session ID provided",
        "Bad Request: Server not initialized",
        "Bad Request: Mcp-Session-Id header is required",
      })
  void aSessionIsLostTooWhenTheServerSaysSoWithAnotherStatus(String words) throws Exception {
    String forgotten =
        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,\"message\":\""
            + words
            + "\"},\"id\":null}";
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(WITH_SESSION);
              peer.request();
              peer.say(Fixture.json(400, forgotten));
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.initialize()));
      assertThatThrownBy(() -> session.send(Fixture.call(1)))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.SESSION_LOST);
                assertThat(e.status()).isEqualTo(400);
                assertThat(e.delivered()).isTrue();
              })
          .hasMessage("the server does not know the session any more");
      assertThat(session.alive()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"code\":-32000,\"message\":\"no session\"},\"id\":1}",
        "{\"error\":{\"code\":-32602,\"message\":\"no session\"}}",
        "{\"error\":{\"code\":-32000,\"message\":\"unsupported protocol version\"}}",
        "{\"error\":\"session\"}",
        "{\"error\":",
        "[]",
      })
  void anyOtherRefusalIsPassedOnWhole(String refusal) throws Exception {
    String body = refusal + " ".repeat(5_000) + "end";
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(WITH_SESSION);
              peer.request();
              peer.say(Fixture.json(400, refusal));
              peer.request();
              peer.say(Fixture.json(400, body));
              peer.request();
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.initialize()));
      for (String expected : List.of(refusal, body)) {
        try (UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.call(1))) {
          assertThat(reply.status()).isEqualTo(400);
          assertThat(new String(reply.body().readAllBytes(), UTF_8)).isEqualTo(expected);
        }
      }
      assertThat(session.alive()).isTrue();
      assertThat(server.connections).hasValue(1);
    }
  }
}
