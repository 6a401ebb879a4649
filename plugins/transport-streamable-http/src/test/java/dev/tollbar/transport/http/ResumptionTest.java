package dev.tollbar.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that outlive the gateway, and streams that outlive their connection. */
@SuppressWarnings("StringConcatToTextBlock") // which lines end in CRLF is what this is about
@Timeout(60)
class ResumptionTest {
  private static final String SSE =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  @Test
  void aLaterRunGoesOnWithTheSession() throws Exception {
    try (RawServer server = RawServer.saying(withSession("s-1"));
        StreamableHttpTransport later = Fixture.transport(server)) {
      String token;
      try (StreamableHttpTransport first = Fixture.transport(server)) {
        UpstreamSession session = first.connect();
        assertThat(session.resumeToken()).isEmpty();
        StreamableHttpSessionTest.readAll(session.send(Fixture.initialize()));
        token = session.resumeToken().orElseThrow();
      }
      assertThat(token).isEqualTo("s-1");
      UpstreamSession resumed = later.resume(token);
      assertThat(resumed.resumeToken()).contains(token);
      StreamableHttpSessionTest.readAll(resumed.send(Fixture.call(1)));
      resumed.close();
      assertThat(resumed.resumeToken()).isEmpty();
      // The first run has left the session alone when it ended; only its own end tells the server.
      assertThat(server.requests).hasSize(3);
      assertThat(server.requests.get(1))
          .startsWith("POST ")
          .contains("\r\nMcp-Session-Id: s-1\r\nMCP-Protocol-Version: 2025-06-18\r\n");
      assertThat(server.requests.get(2))
          .startsWith("DELETE ")
          .contains("\r\nMcp-Session-Id: s-1\r\n");
    }
  }

  @Test
  void aServerWithoutSessionIdsKnowsWhoeverComes() throws Exception {
    try (RawServer server = RawServer.saying(Fixture.json("{}"));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.initialize()));
      assertThat(session.resumeToken()).contains("");
      try (UpstreamSession resumed = transport.resume("")) {
        StreamableHttpSessionTest.readAll(resumed.send(Fixture.call(1)));
        assertThat(resumed.resumeToken()).contains("");
      }
      assertThat(server.requests).hasSize(2).noneMatch(text -> text.contains("Mcp-Session-Id"));
    }
  }

  @Test
  void aSessionWhoseIdIsTooLongCannotBeResumed() throws Exception {
    try (RawServer server = RawServer.saying(withSession("x".repeat(1_025)));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.initialize()));
      assertThat(session.resumeToken()).isEmpty();
    }
  }

  @Test
  void aResumedSessionThatTheServerHasForgottenIsLost() throws Exception {
    try (RawServer server = RawServer.saying(Fixture.json(404, "{}"));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession posting = transport.resume("s-1");
        UpstreamSession listening = transport.resume("s-1")) {
      StreamableHttpSessionTest.assertFails(
          () -> posting.send(Fixture.call(1)), Reason.SESSION_LOST, true);
      StreamableHttpSessionTest.assertFails(
          () -> listening.listen(Optional.of("ev-1")), Reason.SESSION_LOST, true);
      assertThat(posting.alive()).isFalse();
      assertThat(posting.resumeToken()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\r\nX: y", "ü", " "})
  void resumesNothingThatIsNoSessionId(String token) throws Exception {
    try (RawServer server = RawServer.saying(Fixture.json("{}"));
        StreamableHttpTransport transport = Fixture.transport(server)) {
      assertThatThrownBy(() -> transport.resume(token))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.SESSION_LOST);
                assertThat(e.delivered()).isFalse();
              })
          .hasMessage("what the session is to go on with is no session id");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\r\n\r\n", // an end in good order
        "", // between two chunks
        "ff\r\ndata: {\"half\":", // inside of one
      })
  void aStreamThatWasGivenAnIdMayEndBeforeItsResponse(String end) throws Exception {
    String priming = "id: ev-1\ndata: \n\n";
    String polling = "retry: 500\n\n";
    try (RawServer server = RawServer.sayingOnce(SSE + chunk(priming) + chunk(polling) + end);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(all(events)).containsExactly(priming + "|", polling + "|");
      assertThat(session.alive()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"id: \ndata: 1\n\n", "data: 1\n\n", ": id: 1\n\n"})
  void aStreamWithoutIdsThatBreaksOffIsBroken(String event) throws Exception {
    try (RawServer server = RawServer.sayingOnce(SSE + chunk(event));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(events.next()).isPresent();
      assertThatThrownBy(events::next)
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.BROKEN);
                assertThat(e.delivered()).isTrue();
              })
          .hasMessage(
              "the connection ended before its reply was complete" + " (the connection ended)");
    }
  }

  @Test
  void passesOnAllThatAnEventHas() throws Exception {
    List<String> events =
        List.of(
            ": keep-alive\n\n",
            "id: 7\nevent: message\nx-unknown: kept\n: a comment\ndata: {\"a\":\ndata: 1}\n\n",
            "retry: 10\n\n",
            "id\n\n");
    try (RawServer server =
            RawServer.sayingOnce(SSE + chunk(String.join("", events)) + "0\r\n\r\n");
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Events reply = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(all(reply))
          .containsExactly(
              events.get(0) + "|",
              events.get(1) + "|{\"a\":\n1}",
              events.get(2) + "|",
              events.get(3) + "|");
    }
  }

  private static List<String> all(UpstreamReply.Events events) throws Exception {
    List<String> all = new ArrayList<>();
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      all.add(new String(next.get().raw(), UTF_8) + "|" + new String(next.get().data(), UTF_8));
    }
    return all;
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private static String withSession(String id) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: "
        + id
        + "\r\nContent-Length: 2\r\n\r\n{}";
  }
}
