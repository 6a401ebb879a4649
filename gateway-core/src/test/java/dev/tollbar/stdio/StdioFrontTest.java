package dev.tollbar.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.pipeline.FakeReply;
import dev.tollbar.pipeline.FakeStream;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StdioFrontTest {
  private static final String INITIALIZE = TestGateway.initialize("2025-11-25");
  private static final String INITIALIZED =
      TestGateway.notification("notifications/initialized", "{}");
  private static final String WELCOME =
      "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-11-25\","
          + "\"capabilities\":{},\"serverInfo\":{\"name\":\"fake\",\"version\":\"1\"}}}";

  /** The client's end of the pipe, which can be waited for. */
  private static final class Lines extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
      super.write(bytes, from, count);
      notifyAll();
    }

    synchronized void await(String line) throws InterruptedException {
      while (!toString(StandardCharsets.UTF_8).contains(line)) {
        wait();
      }
    }
  }

  private final Lines out = new Lines();
  private TestGateway gateway;
  private StdioFront front;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.local(data, TestGateway.hiding("drop"));
    front = new StdioFront(gateway.gateway(), "tickets", out, gateway.clock());
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private List<String> serve(String... lines) throws Exception {
    String all = String.join("\n", lines) + "\n";
    front.serve(new ByteArrayInputStream(all.getBytes(StandardCharsets.UTF_8)));
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void servesOneClientByLines() throws Exception {
    List<String> answers = serve(INITIALIZE, "", INITIALIZED + "\r", TestGateway.pay(1));

    assertThat(answers).containsExactly(WELCOME, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    assertThat(gateway.upstream().texts())
        .containsExactly(INITIALIZE, INITIALIZED, TestGateway.pay(1));
  }

  @Test
  void endsTheSessionWithTheClient() throws Exception {
    serve(INITIALIZE);

    assertThat(gateway.openSessions()).isZero();
    assertThat(gateway.upstream().lastLine().alive()).isFalse();
  }

  @Test
  void deniesAsEverywhere() throws Exception {
    List<String> answers =
        serve(INITIALIZE, TestGateway.request(1, "tools/call", "{\"name\":\"drop\"}"));

    assertThat(answers).last().asString().contains("[POLICY DENIED] This tool is not available.");
    assertThat(gateway.upstream().requests()).isEmpty();
  }

  @Test
  void answersWhatItCannotRead() throws Exception {
    List<String> answers = serve("nonsense", "[]", TestGateway.pay(7));

    assertThat(answers).hasSize(3);
    assertThat(answers.get(0)).contains("\"id\":null").contains("-32700");
    assertThat(answers.get(1)).contains("\"id\":null").contains("-32600");
    assertThat(answers.get(2))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32000,\"message\":"
                + "\"Mcp-Session-Id is missing: begin with initialize.\"}}");
  }

  @Test
  void answersNoNotificationAndNoResponse() throws Exception {
    List<String> answers =
        serve(
            INITIALIZED,
            INITIALIZE,
            TestGateway.notification("notifications/custom", "{}"),
            "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}");

    assertThat(answers).containsExactly(WELCOME);
  }

  @Test
  void writesAMessageOnOneLine() throws Exception {
    gateway.upstream().answersResult("{\n\"text\":\"a\\nb\"\r\n}");

    List<String> answers = serve(INITIALIZE, TestGateway.pay(1));

    assertThat(answers)
        .last()
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{ \"text\":\"a\\nb\"  }}");
  }

  @Test
  void writesTheMessagesOfAStream() throws Exception {
    String log = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}";
    gateway
        .upstream()
        .answers(message ->
            FakeReply.events(
                FakeUpstream.event("id: 1\n", ""),
                FakeUpstream.event(": comment\n", log),
                FakeUpstream.event(FakeUpstream.result(message, "{}"))));

    List<String> answers = serve(INITIALIZE, TestGateway.pay(1));

    assertThat(answers)
        .containsExactly(WELCOME, log, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  @Test
  void passesOnWhatTheServerSaysByItself() throws Exception {
    String changed = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";
    gateway.upstream().streams(_ -> new FakeStream().says(changed));
    PipedOutputStream client = new PipedOutputStream();
    Thread serving = serving(new PipedInputStream(client));
    try (client) {
      write(client, INITIALIZE);
      out.await(changed);
    }
    serving.join();

    assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly(WELCOME, changed);
  }

  @Test
  void aCallThatHangsHoldsUpNothingAndCanBeCancelled() throws Exception {
    CountDownLatch in = gateway.upstream().hangs();
    PipedOutputStream client = new PipedOutputStream();
    Thread serving = serving(new PipedInputStream(client));
    try (client) {
      write(client, INITIALIZE);
      write(client, TestGateway.pay(1));
      in.await();
      write(client, TestGateway.request(2, "ping", "{}"));
      write(client, TestGateway.notification("notifications/cancelled", "{\"requestId\":1}"));
    }
    serving.join();

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrder(
            WELCOME,
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32800,\"message\":"
                + "\"The client cancelled this request.\"}}");
  }

  private Thread serving(PipedInputStream in) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            front.serve(in);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void write(PipedOutputStream client, String line) throws IOException {
    client.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    client.flush();
  }

  @Test
  void answersALineThatIsTooLongAndGoesOn() throws Exception {
    List<String> answers = serve(INITIALIZE, "x".repeat(4 * 1024 * 1024 + 1), TestGateway.pay(1));

    assertThat(answers)
        .containsExactly(
            WELCOME,
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":"
                + "\"The message is too large.\"}}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  @Test
  void takesABatchOfARevisionThatHasThemMessageByMessage() throws Exception {
    gateway
        .upstream()
        .handshakes(message -> FakeReply.of(FakeUpstream.initialized(message, "2025-03-26")));
    String denied = TestGateway.request(2, "tools/call", "{\"name\":\"drop\"}");

    List<String> answers =
        serve(INITIALIZE, "[" + INITIALIZED + "," + TestGateway.pay(1) + "," + denied + "]", "[]");

    assertThat(answers)
        .hasSize(4)
        .contains("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}")
        .contains(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":"
                + "\"A batch must hold at least one message.\"}}")
        .anyMatch(line -> line.contains("[POLICY DENIED] This tool is not available."));
    assertThat(gateway.upstream().texts())
        .containsExactly(INITIALIZE, INITIALIZED, TestGateway.pay(1));
  }

  @Test
  void refusesABatchOfLaterRevisions() throws Exception {
    List<String> answers = serve(INITIALIZE, "[" + TestGateway.pay(1) + "]");

    assertThat(answers)
        .containsExactly(
            WELCOME,
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":"
                + "\"Batches are not served; send one message at a time.\"}}");
    assertThat(gateway.upstream().requests()).isEmpty();
  }

  @Test
  void answersACallWhoseReplyBreaksOff() throws Exception {
    gateway.upstream().answers(_ -> FakeReply.broken("{\"jsonrpc\":\"2.0\",", 600 * 1024));

    List<String> answers = serve(INITIALIZE, TestGateway.pay(1));

    assertThat(answers)
        .containsExactly(
            WELCOME,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-31003,\"message\":"
                + "\"The server behind the gateway broke off before it answered.\"}}");
  }

  @Test
  void resumesForTheClientAStreamThatEndsBeforeItsAnswer() throws Exception {
    gateway
        .upstream()
        .answers(message -> {
          String answer = FakeUpstream.result(message, "{}");
          gateway
              .upstream()
              .streams(from -> FakeReply.events(FakeUpstream.event("id: 2\n", answer)));
          return FakeReply.events(FakeUpstream.event("id: 1\nretry: 1\n", ""));
        });

    List<String> answers = serve(INITIALIZE, TestGateway.pay(1));

    assertThat(answers).containsExactly(WELCOME, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  @Test
  void saysSoWhenAStreamCannotBeResumed() throws Exception {
    gateway.upstream().answers(_ -> FakeReply.events(FakeUpstream.event("id: 1\nretry: 1\n", "")));

    List<String> answers = serve(INITIALIZE, TestGateway.pay(1));

    assertThat(answers)
        .containsExactly(
            WELCOME,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-31003,\"message\":"
                + "\"The server behind the gateway broke off before it answered.\"}}");
  }

  @Test
  void listensAnewWhenTheStreamOfTheServerEnds() throws Exception {
    String changed = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";
    CountDownLatch third = new CountDownLatch(3);
    gateway
        .upstream()
        .streams(_ -> {
          third.countDown();
          return FakeReply.events(FakeUpstream.event(changed));
        });
    PipedOutputStream client = new PipedOutputStream();
    Thread serving = serving(new PipedInputStream(client));
    try (client) {
      write(client, INITIALIZE);
      third.await();
    }
    serving.join();

    assertThat(out.toString(StandardCharsets.UTF_8).lines()).startsWith(WELCOME, changed, changed);
  }

  @Test
  void readsLinesOfBoundedLength() throws Exception {
    byte[] lines = "abcd\nabcdef\nab\r\n\nabc".getBytes(StandardCharsets.UTF_8);
    LineReader reader = new LineReader(new ByteArrayInputStream(lines), 4);

    assertThat(text(reader)).isEqualTo("abcd");
    assertThat(text(reader)).isEqualTo("(too long)");
    assertThat(text(reader)).isEqualTo("ab");
    assertThat(text(reader)).isEmpty();
    assertThat(text(reader)).isEqualTo("abc");
    assertThat(reader.next()).isEmpty();
  }

  private static String text(LineReader reader) throws IOException {
    LineReader.Line line = reader.next().orElseThrow();
    return line.tooLong() ? "(too long)" : new String(line.bytes(), StandardCharsets.UTF_8);
  }
}
