package dev.tollbar.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // which lines end in CRLF is what this is about
class HostileReplyTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

  static Stream<Arguments> hostileHeads() {
    return Stream.of(
        Arguments.of(
            OK + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            "both Content-Length and Transfer-Encoding"),
        Arguments.of(
            OK + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "two different Content-Length"),
        Arguments.of(OK + "Content-Length: 2, 2\r\n\r\n{}", "a Content-Length that is no number"),
        Arguments.of(OK + "Content-Length: -2\r\n\r\n{}", "a Content-Length that is no number"),
        Arguments.of(OK + "Content-Length: +2\r\n\r\n{}", "a Content-Length that is no number"),
        Arguments.of(
            OK + "Content-Length: 99999999999999999999\r\n\r\n{}",
            "a Content-Length that is no number"),
        Arguments.of(
            OK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "a Transfer-Encoding other than chunked"),
        Arguments.of(
            OK + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "a Transfer-Encoding other than chunked"),
        Arguments.of(
            OK + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            "a Content-Encoding that was not asked for"),
        Arguments.of(
            "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\n{}", "a line that ends in LF alone"),
        Arguments.of(OK + "X: y\nContent-Length: 2\r\n\r\n{}", "a line that ends in LF alone"),
        Arguments.of(
            OK + "X: y\r\n folded\r\nContent-Length: 2\r\n\r\n{}",
            "a header line without a proper name"),
        Arguments.of(OK + "Content-Length : 2\r\n\r\n{}", "a header line without a proper name"),
        Arguments.of(OK + ": 2\r\n\r\n{}", "a header line without a proper name"),
        Arguments.of(OK + "X: a\rb\r\n\r\n{}", "a control character in the head"),
        Arguments.of(OK + "X: a\0b\r\n\r\n{}", "a control character in the head"),
        Arguments.of(
            OK + "X: " + "y".repeat(5_000) + "\r\n\r\n", "a head or chunk line that is too long"),
        Arguments.of(
            OK + ("X: " + "y".repeat(500) + "\r\n").repeat(20) + "\r\n",
            "a head or chunk line that is too long"),
        Arguments.of(
            "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "chunks in HTTP/1.0"),
        Arguments.of("HTTP/2 200\r\n\r\n", "something that is not HTTP/1.1"),
        Arguments.of("HTTP/1.1 2000 OK\r\n\r\n", "something that is not HTTP/1.1"),
        Arguments.of("HTTP/1.1 099 X\r\n\r\n", "a status below 100"),
        Arguments.of("SSH-2.0-OpenSSH_9.2\r\n", "something that is not HTTP/1.1"),
        Arguments.of(
            "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n",
            "a change of protocol that nobody asked for"),
        Arguments.of(
            "HTTP/1.1 100 Continue\r\n\r\n".repeat(17) + OK + "Content-Length: 2\r\n\r\n{}",
            "more than 16 interim replies"),
        Arguments.of(
            OK + "Content-Type: text/event-stream\r\nContent-Length: 2\r\n\r\n{}",
            "two Content-Type"),
        Arguments.of(
            OK + "Mcp-Session-Id: a b\r\nContent-Length: 2\r\n\r\n{}",
            "an Mcp-Session-Id that is not visible ASCII"),
        Arguments.of(
            OK + "Mcp-Session-Id: a\r\nMcp-Session-Id: b\r\nContent-Length: 2\r\n\r\n{}",
            "an Mcp-Session-Id that is not visible ASCII"),
        Arguments.of(OK + "Content-Length: 1000001\r\n\r\n", "a reply of more than 1000000 bytes"));
  }

  @ParameterizedTest
  @MethodSource("hostileHeads")
  void refusesAHeadThatCouldBeReadInTwoWays(String reply, String what) throws Exception {
    try (RawServer server = RawServer.saying(reply);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.send(Fixture.initialize()))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.MALFORMED);
                assertThat(e.delivered()).isTrue();
              })
          .hasMessage("the server sent " + what);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  static Stream<Arguments> hostileChunks() {
    return Stream.of(
        Arguments.of("-2\r\n{}\r\n0\r\n\r\n", "a chunk size that is no number"),
        Arguments.of("\r\n{}\r\n0\r\n\r\n", "a chunk size that is no number"),
        Arguments.of("0x2\r\n{}\r\n0\r\n\r\n", "a chunk size that is no number"),
        Arguments.of("2 \r\n{}\r\n0\r\n\r\n", "a chunk size that is no number"),
        Arguments.of("ffffffffffffffff\r\n{}\r\n0\r\n\r\n", "a chunk size that is no number"),
        Arguments.of("0000000000000002\r\n{}\r\n0\r\n\r\n", "a chunk size that is no number"),
        Arguments.of("2\n{}\r\n0\r\n\r\n", "a line that ends in LF alone"),
        Arguments.of("1\r\n{}\r\n0\r\n\r\n", "a chunk that is longer than it says"),
        Arguments.of("2\r\n{}\n0\r\n\r\n", "a chunk that is longer than it says"),
        Arguments.of(
            "2;" + "x".repeat(2_000) + "\r\n{}\r\n0\r\n\r\n",
            "a head or chunk line that is too long"),
        Arguments.of(
            "2\r\n{}\r\n0\r\n" + ("T: " + "x".repeat(900) + "\r\n").repeat(20) + "\r\n",
            "a head or chunk line that is too long"),
        Arguments.of("fffff\r\n" + "x".repeat(0xfffff), "a reply of more than 1000000 bytes"));
  }

  @ParameterizedTest
  @MethodSource("hostileChunks")
  void refusesChunksThatAreNotExact(String chunks, String what) throws Exception {
    try (RawServer server = RawServer.saying(OK + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.initialize());
      assertThatThrownBy(() -> reply.body().readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessage(what);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 20\r\n\r\n{\"jsonrpc\"",
        "Transfer-Encoding: chunked\r\n\r\n14\r\n{\"jsonrpc\"",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
      })
  void aBodyThatEndsEarlyFails(String rest) throws Exception {
    try (RawServer server = RawServer.sayingOnce(OK + rest);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.initialize());
      assertThatThrownBy(() -> reply.body().readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessageMatching("the connection ended( inside a reply)?");
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Type: appl"})
  void aHeadThatEndsEarlyIsABrokenConnection(String head) throws Exception {
    try (RawServer server = RawServer.sayingOnce(head);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      assertThatThrownBy(() -> session.send(Fixture.call(1)))
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.BROKEN);
                assertThat(e.delivered()).isTrue();
              });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\ncontent-type:Application/JSON; charset=utf-8\r\ncontent-length:2\r\n\r\n{}",
        "HTTP/1.1 200\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            + "Content-Length: 2\r\nContent-Encoding: identity\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "1;a=b\r\n{\r\n001 ; c\r\n}\r\n000\r\nTrailer: x\r\n\r\n"
      })
  void acceptsWhatIsLegalAndKeepsTheConnection(String reply) throws Exception {
    try (RawServer server = RawServer.saying(reply);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      for (int i = 0; i < 3; i++) {
        try (UpstreamReply.Single single = (UpstreamReply.Single) session.send(Fixture.call(i))) {
          assertThat(single.status()).isEqualTo(200);
          assertThat(new String(single.body().readAllBytes(), StandardCharsets.UTF_8))
              .isEqualTo("{}");
        }
      }
      assertThat(server.connections).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Type: application/json\r\n"
            + "Content-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Type: application/json\r\n"
            + "Content-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Type: application/json\r\n"
            + "Content-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            + "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
      })
  void neverUsesAgainAConnectionThatMayBeOutOfStep(String reply) throws Exception {
    try (RawServer server = RawServer.saying(reply);
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      for (int i = 1; i <= 3; i++) {
        try (UpstreamReply.Single single = (UpstreamReply.Single) session.send(Fixture.call(i))) {
          assertThat(new String(single.body().readAllBytes(), StandardCharsets.UTF_8))
              .isEqualTo("{}");
        }
        assertThat(server.connections).hasValue(i);
      }
    }
  }

  @Test
  void anEndlessEventIsMalformed() throws Exception {
    try (RawServer server =
            RawServer.sayingOnce(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: "
                    + "x".repeat(16 * 1024 * 1024));
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Events events = (UpstreamReply.Events) session.send(Fixture.call(1))) {
      assertThat(events.next()).isPresent();
      assertThatThrownBy(events::next)
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.MALFORMED);
                assertThat(e.delivered()).isTrue();
              })
          .hasMessage("the server sent an event of more than 16777216 bytes");
      assertThat(session.alive()).isTrue();
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void readsABodyThatEndsWithTheConnection() throws Exception {
    try (RawServer server = RawServer.sayingOnce(OK + "\r\n{\"a\":1}");
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect();
        UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.call(1))) {
      assertThat(reply.length()).isEmpty();
      assertThat(new String(reply.body().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"a\":1}");
    }
  }
}
