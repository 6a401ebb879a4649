package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wire facts, sections 5.17 and 6.19: a thousand sessions whose clients are gone from one moment to
 * the next, at every point of a session, leave nothing behind.
 */
@ExtendWith(Fixtures.class)
class BrutalDisconnectsIT {
  private static final int CLIENTS = 8;
  private static final Pattern SESSION = Pattern.compile("(?i)\r\nmcp-session-id: ([^\r]+)\r\n");
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
      "capabilities":{},"clientInfo":{"name":"brutal","version":"1"}}}\
      """;
  private static final String INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

  /**
   * Answers what it must and leaves every call open. So cheap that a thousand of it do not hurt.
   */
  private static final String CHILD =
      """
      while IFS= read -r line; do
        case "$line" in
          *'"initialize"'*)
            id=${line#*'"id":'}; id=${id%%,*}
            printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}}\\n' "$id";;
        esac
      done
      """;

  /** Where a client breaks off. */
  private enum Point {
    AFTER_INITIALIZE,
    IN_A_CALL,
    IN_A_STREAM,
    IN_A_BODY,
    IN_A_HEADER
  }

  /** What a process holds. */
  private record Held(long threads, long files, long children) {
    boolean atMost(Held other) {
      return threads <= other.threads && files <= other.files && children <= other.children;
    }
  }

  private static EverythingOverHttp web;
  private static RunningGateway gateway;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    web = EverythingOverHttp.start(npm, 0);
    Path child = Files.writeString(work.resolve("child.sh"), CHILD);
    Path document = work.resolve("gateway.yaml");
    Files.writeString(
        document,
        """
        version: "2"
        servers:
          cheap:
            timeout: 1s
            transport: { stdio: { command: sh, args: ["%s"], max_processes: 200, idle_timeout: 1s } }
          real:
            timeout: 30s
            transport: { stdio: { command: node, args: %s, max_processes: 20, idle_timeout: 1s } }
          web:
            timeout: 1s
            transport: { streamable_http: { url: "%s" } }
        policies:
          open: { default: allow, tools: {} }
        """
            .formatted(child, npm.everything().subList(1, 3), web.url()));
    gateway =
        RunningGateway.serve(
            archive, work, List.of("--document", document.toString(), "--session-idle", "1s"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    web.close();
  }

  @Test
  void leavesNoProcessThreadOrSocketBehind() throws Exception {
    brutalise("cheap", 10); // what is made once and kept: pools, classes, the log
    brutalise("web", 10);
    Held before = Eventually.get(BrutalDisconnectsIT::held, held -> held.children() == 0);
    assertThat(before.children()).isZero();

    brutalise("cheap", 500);
    brutalise("web", 480);
    brutalise("real", 20);

    // The pools of the JVM may have one worker more at one time than at another.
    Held most = new Held(before.threads() + 8, before.files() + 8, 0);
    assertThat(Eventually.get(BrutalDisconnectsIT::held, held -> held.atMost(most)))
        .matches(held -> held.atMost(most), "at most " + most);
    assertThat(gateway.health().path("status").asText()).isEqualTo("up");
  }

  private static Held held() throws IOException {
    Path process = Path.of("/proc", Long.toString(gateway.process().pid()));
    return new Held(
        threads(process.resolve("task")),
        count(process.resolve("fd")),
        gateway.process().descendants().count());
  }

  /** Without those in which the JVM waits for children: it keeps them for a minute. */
  private static long threads(Path tasks) throws IOException {
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.filter(thread -> !name(thread).startsWith("process reaper")).count();
    }
  }

  private static String name(Path thread) {
    try {
      return Files.readString(thread.resolve("comm"));
    } catch (IOException _) {
      return "process reaper"; // it has ended just now
    }
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.count();
    }
  }

  private static void brutalise(String server, int sessions) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        Point point = Point.values()[i % Point.values().length];
        running.add(
            clients.submit(() -> {
              session(server, point);
              return null;
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  private static void session(String server, Point point) throws IOException {
    String id = initialize(server);
    try (Socket socket = socket()) {
      switch (point) {
        case AFTER_INITIALIZE -> {}
        case IN_A_CALL ->
            post(
                socket,
                server,
                id,
                """
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"trigger-long-running-operation",\
                "arguments":{"duration":2,"steps":2}}}\
                """);
        case IN_A_STREAM -> {
          write(socket, "GET", server, id, "Accept: text/event-stream\r\n\r\n");
          assertThat(head(socket)).startsWith("HTTP/1.1 200");
        }
        case IN_A_BODY ->
            write(
                socket,
                "POST",
                server,
                id,
                "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"jsonrpc\":\"2.0\",");
        case IN_A_HEADER -> write(socket, "POST", server, id, "Content-Ty");
      }
    }
  }

  private static String initialize(String server) throws IOException {
    try (Socket socket = socket()) {
      post(socket, server, "", INITIALIZE);
      String head = head(socket);
      Matcher session = SESSION.matcher(head);
      assertThat(session.find()).as(head).isTrue();
      String id = session.group(1);
      try (Socket next = socket()) {
        post(next, server, id, INITIALIZED);
        assertThat(head(next)).startsWith("HTTP/1.1 202");
      }
      return id;
    }
  }

  /** One that breaks off when it is closed: the other side gets a reset. */
  private static Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setSoLinger(true, 0);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static void post(Socket socket, String server, String session, String message)
      throws IOException {
    write(
        socket,
        "POST",
        server,
        session,
        "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
            + "Content-Length: "
            + message.length()
            + "\r\n\r\n"
            + message);
  }

  private static void write(
      Socket socket, String method, String server, String session, String rest) throws IOException {
    String named =
        Optional.of(session)
            .filter(id -> !id.isEmpty())
            .map(id -> "Mcp-Session-Id: " + id + "\r\nMCP-Protocol-Version: 2025-11-25\r\n")
            .orElse("");
    String text =
        method
            + " /mcp/"
            + server
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + gateway.port()
            + "\r\n"
            + named
            + rest;
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static String head(Socket socket) throws IOException {
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
}
