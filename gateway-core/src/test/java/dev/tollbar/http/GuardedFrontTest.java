package dev.tollbar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.http.Guard.Reason;
import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that begin something and do not go on. */
class GuardedFrontTest {
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration LONG = Duration.ofHours(1);
  private static final int PATIENCE_MS = 60_000;

  private final LinkedBlockingQueue<Reason> told = new LinkedBlockingQueue<>();
  private TestGateway gateway;
  private Optional<WebFront> front = Optional.empty();

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
  }

  @AfterEach
  void close() {
    front.ifPresent(WebFront::close);
    gateway.close();
  }

  private void serve(ConnectionTerms terms) throws IOException {
    serve(new Guard(() -> terms, told::add));
  }

  private void serve(Guard guard) throws IOException {
    front =
        Optional.of(
            WebFront.ofClients(
                InetAddress.getLoopbackAddress(),
                0,
                new WebFront.Bounds(
                    1024 * 1024, 100, 100, 10, Duration.ofSeconds(15), Duration.ofSeconds(5)),
                gateway.gateway(),
                gateway.aggregate(),
                gateway.clock(),
                guard));
  }

  private static ConnectionTerms terms(
      int connections, Duration head, Duration body, Duration idle, Duration reply, long bodies) {
    return new ConnectionTerms(connections, 0, head, body, idle, reply, bodies);
  }

  private int port() {
    return front.orElseThrow().port();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private String head(String headers) {
    return "POST /mcp/tickets HTTP/1.1\r\nHost: 127.0.0.1:"
        + port()
        + "\r\nAuthorization: Bearer "
        + TestGateway.LAPTOP
        + "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
        + headers
        + "\r\n";
  }

  private String post(String session, String body) {
    return head(session + "Content-Length: " + body.length() + "\r\n") + body;
  }

  /** All that comes until the connection ends. */
  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("closed after: " + head);
      }
      head.append((char) read);
    }
    return head.toString();
  }

  private static int length(String head) {
    return Integer.parseInt(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
  }

  private String session(Socket socket) throws IOException {
    write(socket, post("", TestGateway.initialize("2025-11-25")));
    String head = answer(socket);
    socket.getInputStream().readNBytes(length(head));
    return "Mcp-Session-Id: "
        + head.replaceAll("(?is).*mcp-session-id: (\\S+).*", "$1")
        + "\r\nMCP-Protocol-Version: 2025-11-25\r\n";
  }

  @ParameterizedTest
  @CsvSource({"''", "P", "'POST /mcp/tickets HT'", "'POST /mcp/tickets HTTP/1.1\r\nHost: 127.0'"})
  void closesAConnectionWhoseHeadIsNotThereInTime(String begun) throws Exception {
    serve(terms(100, SHORT, LONG, LONG, LONG, 1_000));
    try (Socket socket = connect()) {
      write(socket, begun);

      assertThat(rest(socket)).isEmpty();
    }
    assertThat(told.take()).isEqualTo(Reason.LATE_HEAD);
  }

  @Test
  void closesAConnectionWhoseHeadComesByteByByte() throws Exception {
    serve(terms(100, SHORT, LONG, LONG, LONG, 1_000));
    try (Socket socket = connect()) {
      Thread drops =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  write(socket, "GET /mcp/tickets HTTP/1.1\r\nX-Drops: ");
                  for (int i = 0; i < 10_000; i++) {
                    write(socket, "x");
                    TimeUnit.MILLISECONDS.sleep(10);
                  }
                } catch (IOException | InterruptedException _) {
                  // That is what the test waits for.
                }
              });
      assertThat(told.poll(PATIENCE_MS, TimeUnit.MILLISECONDS)).isEqualTo(Reason.LATE_HEAD);
      drops.interrupt();
      drops.join();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'Content-Length: 500\r\n', '{\"jsonrpc\"'",
    "'Content-Length: 500\r\n', ''",
    "'Transfer-Encoding: chunked\r\n', '5\r\n{\"jso'",
    "'Transfer-Encoding: chunked\r\n', ''",
    "'Transfer-Encoding: chunked\r\n', '5\r\n{\"jso\r\n'"
  })
  void closesAConnectionWhoseBodyIsNotThereInTime(String header, String begun) throws Exception {
    serve(terms(100, LONG, SHORT, LONG, LONG, 1_000));
    try (Socket socket = connect()) {
      write(socket, head(header) + begun);

      assertThat(rest(socket)).isEmpty();
    }
    assertThat(told.take()).isEqualTo(Reason.LATE_BODY);
  }

  @Test
  void closesAConnectionThatHasNoFurtherRequest() throws Exception {
    serve(terms(100, LONG, LONG, SHORT, LONG, 1_000));
    try (Socket socket = connect()) {
      session(socket);

      assertThat(rest(socket)).isEmpty();
    }
    assertThat(told.take()).isEqualTo(Reason.IDLE);
  }

  @Test
  void closesAConnectionOfAClientThatDoesNotRead() throws Exception {
    serve(terms(100, LONG, LONG, LONG, SHORT, 1_000));
    gateway.upstream().answersResult("{\"text\":\"" + "x".repeat(30_000_000) + "\"}");
    try (Socket socket = connect()) {
      write(socket, post(session(socket), TestGateway.pay(1)));

      assertThat(told.poll(PATIENCE_MS, TimeUnit.MILLISECONDS)).isEqualTo(Reason.SLOW_READER);
    }
  }

  @Test
  void leavesACallAloneThatTakesItsTime() throws Exception {
    AtomicLong nanos = new AtomicLong();
    Guard guard =
        new Guard(() -> terms(100, SHORT, SHORT, SHORT, SHORT, 1_000), told::add, nanos::get);
    serve(guard);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    gateway
        .upstream()
        .answers(message -> {
          asked.countDown();
          answered.await();
          return FakeReply.of(FakeUpstream.result(message, "{}"));
        });
    try (Socket socket = connect()) {
      write(socket, post(session(socket), TestGateway.pay(1)));
      asked.await();
      nanos.addAndGet(Duration.ofDays(1).toNanos());
      guard.look();
      answered.countDown();

      assertThat(answer(socket)).startsWith("HTTP/1.1 200");
    }
    assertThat(told).isEmpty();
  }

  @Test
  void refusesConnectionsBeyondWhatMayBeOpen() throws Exception {
    serve(terms(1, LONG, LONG, LONG, LONG, 1_000));
    try (Socket first = connect()) {
      String session = session(first);
      try (Socket second = connect()) {
        assertThat(rest(second))
            .isEqualTo(
                String.join(
                    "\r\n",
                    "HTTP/1.1 503 Service Unavailable",
                    "Retry-After: 1",
                    "Content-Length: 0",
                    "Connection: close",
                    "",
                    ""));
      }
      write(first, post(session, TestGateway.pay(1)));
      assertThat(answer(first)).startsWith("HTTP/1.1 200");
    }
    assertThat(told).containsExactly(Reason.TOO_MANY);
  }

  private static void assertShed(Socket socket) throws IOException {
    String head = answer(socket);
    String body =
        new String(socket.getInputStream().readNBytes(length(head)), StandardCharsets.UTF_8);

    assertThat(head).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
    assertThat(head).containsIgnoringCase("\r\nRetry-After: 1\r\n");
    assertThat(body)
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-31004,\"message\":"
                + "\"The gateway has too much to do. Try again in a second.\"}}");
  }

  @Test
  void throwsABodyAwayThatThereIsNoRoomFor() throws Exception {
    serve(terms(100, LONG, LONG, LONG, LONG, 1_000));
    try (Socket socket = connect()) {
      write(socket, head("Content-Length: 300000\r\n") + "x".repeat(300_000));

      assertShed(socket);
      // The connection is good for the next request.
      assertThat(session(socket)).startsWith("Mcp-Session-Id: ");
    }
    assertThat(told).containsExactly(Reason.TOO_MANY_BYTES);
  }

  @Test
  void closesAfterABodyThatProvedTooMuch() throws Exception {
    serve(terms(100, LONG, LONG, LONG, LONG, 20_000));
    try (Socket socket = connect()) {
      write(socket, head("Transfer-Encoding: chunked\r\n"));
      for (int i = 0; i < 30; i++) {
        write(socket, "2710\r\n" + "x".repeat(10_000) + "\r\n");
      }
      write(socket, "0\r\n\r\n" + head("Content-Length: 0\r\n"));

      assertShed(socket);
      socket.shutdownOutput();
      assertThat(rest(socket)).isEmpty();
    }
    assertThat(told).containsExactly(Reason.TOO_MANY_BYTES);
  }

  @Test
  void doesNotWaitForEverAfterABodyThatProvedTooMuch() throws Exception {
    serve(terms(100, SHORT, LONG, LONG, LONG, 20_000));
    try (Socket socket = connect()) {
      write(socket, head("Transfer-Encoding: chunked\r\n"));
      write(socket, "C350\r\n" + "x".repeat(40_000));

      assertShed(socket);
      assertThat(rest(socket)).isEmpty();
    }
    assertThat(told.take()).isEqualTo(Reason.TOO_MANY_BYTES);
    // Told when the connection is cut already.
    assertThat(told.poll(PATIENCE_MS, TimeUnit.MILLISECONDS)).isEqualTo(Reason.LATE_HEAD);
  }

  @Test
  void hasRoomForTheNextBodyWhenOneIsAnswered() throws Exception {
    serve(terms(100, LONG, LONG, LONG, LONG, 400));
    try (Socket socket = connect()) {
      String session = session(socket);
      for (int i = 0; i < 10; i++) {
        write(socket, post(session, TestGateway.pay(i)));
        String head = answer(socket);
        assertThat(head).startsWith("HTTP/1.1 200");
        socket.getInputStream().readNBytes(length(head));
      }
    }
    assertThat(told).isEmpty();
  }

  /** RFC 9112, section 9.6: what comes after the last request is not looked at. */
  @Test
  void closesAfterTheRequestThatAClientSaysIsItsLast() throws Exception {
    serve(terms(100, LONG, LONG, LONG, LONG, 1_000));
    try (Socket socket = connect()) {
      String session = session(socket);
      write(
          socket,
          post(session + "Connection: keep-alive, Close\r\n", TestGateway.pay(1))
              + post(session, TestGateway.pay(2)));

      assertThat(rest(socket)).containsOnlyOnce("HTTP/1.1 200 OK\r\n").contains("\"id\":1");
    }
    assertThat(told).isEmpty();
  }

  /** Else the client would be reset while it writes, and might never read the answer. */
  @Test
  void readsTheBodyOfALastRequestThatNobodyWanted() throws Exception {
    serve(terms(100, LONG, LONG, LONG, LONG, 3_000_000));
    for (int i = 0; i < 10; i++) {
      try (Socket socket = connect()) {
        write(socket, last("/nowhere", 900_000) + "x".repeat(900_000) + last("/nowhere", 0));

        assertThat(rest(socket)).startsWith("HTTP/1.1 404 ").containsOnlyOnce("HTTP/1.1 ");
      }
    }
  }

  @Test
  void closesAfterALastRequestThatThereIsNoRoomFor() throws Exception {
    serve(terms(100, LONG, LONG, LONG, LONG, 1_000));
    try (Socket socket = connect()) {
      write(socket, last("/mcp/tickets", 300_000) + "x".repeat(300_000) + last("/nowhere", 0));

      assertThat(rest(socket)).startsWith("HTTP/1.1 503 ").containsOnlyOnce("HTTP/1.1 ");
    }
  }

  private static String last(String path, int body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: "
        + body
        + "\r\n\r\n";
  }

  /** Who is told that the connection closes must not be answered again, whatever it sent on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Host: other|Content-Length: 0||",
        "POST /mcp/tickets HTTP/1.1|Content-Length: 0||",
        "POST /mcp/tickets HTTP/1.1|Host: a b|Content-Length: 0||",
        "POST /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Content-Length: x||",
        "POST /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Content-Length: 2000000||",
        "POST /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Content-Length: 0|Transfer-Encoding: chunked||0||",
        "POST /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Transfer-Encoding: gzip||",
        "POST /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Transfer-Encoding: chunked||x||",
        "POST /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Bad Header: 1||",
        "POST /mcp/tickets HTTP/1.1|Host : 127.0.0.1||",
        "POST /mcp/tickets HTTP/9.9|Host: 127.0.0.1||",
        "POST /mcp/%zz HTTP/1.1|Host: 127.0.0.1|Content-Length: 0||",
        "PATCH /mcp/tickets HTTP/1.1|Host: 127.0.0.1|Content-Length: 5||hello",
        "GET /nowhere HTTP/1.1|Host: 127.0.0.1|Connection: close||",
        "nonsense||"
      })
  void answersNothingAfterAnAnswerThatCloses(String first) throws Exception {
    serve(terms(100, LONG, LONG, LONG, LONG, 3_000_000));
    try (Socket socket = connect()) {
      write(socket, first.replace("|", "\r\n") + "GET /later HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      socket.shutdownOutput();

      String all = rest(socket);
      int next = all.indexOf("HTTP/1.1 ", 1);
      assertThat(all).startsWith("HTTP/1.1 4");
      String head = all.substring(0, Math.max(all.indexOf("\r\n\r\n"), 0));
      if (head.toLowerCase(Locale.ROOT).contains("connection: close")) {
        assertThat(next).as(all).isEqualTo(-1);
      } else {
        // Where the request ended was clear: the next one is answered as itself.
        assertThat(all.substring(Math.max(next, 0))).as(all).startsWith("HTTP/1.1 404 ");
      }
    }
  }
}
