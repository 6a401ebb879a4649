package dev.tollbar.legacy;

import static dev.tollbar.legacy.LegacyClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EitherEraTest {
  private static final String INITIALIZE =
      LegacyClient.initialize("2025-11-25", LegacyClient.CAPABILITIES);
  private static final String LEGACY =
      "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-11-25\"}}";

  private final FakeTransport transport = new FakeTransport();
  private final FakeModernServer server = transport.server();
  private EitherEra line;
  private LegacyClient client;

  /** Every connection leads to the same server, which notes how often it was closed. */
  private static final class FakeTransport implements UpstreamTransport {
    private FakeModernServer server = new FakeModernServer();
    private int connections;

    FakeModernServer server() {
      return server;
    }

    @Override
    public UpstreamSession connect() {
      connections++;
      if (!server.alive()) {
        server = new FakeModernServer();
      }
      return server;
    }

    @Override
    public Health health() {
      return new Health(true, "fake");
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void connect() throws Exception {
    line = EitherEra.connect("tickets", transport, UnaryOperator.identity());
    client = new LegacyClient(line);
  }

  @Test
  void leavesALegacyServersAnswerAsItIs() throws Exception {
    server.script("initialize", _ -> message(200, LEGACY));
    server.script("tools/list", _ -> message(200, "anything"));

    assertThat(client.answer(INITIALIZE)).isEqualTo(LEGACY);
    assertThat(client.answer(request(1, "tools/list", "{}"))).isEqualTo("anything");
    assertThat(server.methods()).doesNotContain("server/discover");
    assertThat(line.alive()).isTrue();
  }

  @Test
  void leavesALegacyServersStreamAsItIs() throws Exception {
    FakeModernServer.Stream stream =
        new FakeModernServer.Stream(LegacyClient.message(INITIALIZE)).say(LEGACY);
    server.script("initialize", _ -> stream);

    try (UpstreamReply.Events events = client.events(INITIALIZE)) {
      assertThat(events).isSameAs(stream);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404, -32601",
    "400, -32020",
    "400, -32021",
    "400, -32022",
    "400, -32602",
    "200, -32601",
    "200, -32602",
    "200, -32022"
  })
  void bridgesToAServerThatRefusesAsAModernOneDoes(int status, int code) throws Exception {
    server.refuses("initialize", status, "{\"code\":" + code + ",\"message\":\"no\"}");

    assertThat(client.answer(INITIALIZE)).contains("\"protocolVersion\":\"2025-11-25\"");
    assertThat(client.answer(request(1, "tools/list", "{}"))).contains("\"tools\":[]");
    assertThat(server.methods()).containsExactly("initialize", "server/discover", "tools/list");
    try (EventStream _ = line.listen(Optional.empty())) {
      assertThat(server.listener().stillOpen()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 415, 422})
  void bridgesToAServerThatRefusesWithoutAWord(int status) throws Exception {
    server.script("initialize", _ -> refused(Reason.REFUSED, status));

    assertThat(client.answer(INITIALIZE)).contains("\"protocolVersion\":\"2025-11-25\"");
  }

  @Test
  void givesTheClientTheFirstRefusalOfAServerThatIsOfNoEra() throws Exception {
    server.refuses("server/discover", 200, "{\"code\":-32601,\"message\":\"no\"}");
    String first = "{\"code\":-32602,\"message\":\"the very first\"}";
    server.refuses("initialize", 400, first);

    try (UpstreamReply reply = client.send(INITIALIZE)) {
      OneMessage said = (OneMessage) reply;
      assertThat(said.status()).isEqualTo(400);
      assertThat(new String(said.bytes(), StandardCharsets.UTF_8)).contains(first);
    }
    assertThat(server.closed()).isFalse();
  }

  @Test
  void failsAsTheServerDidFirst() {
    server.refuses("server/discover", 200, "{\"code\":-32601,\"message\":\"no\"}");
    server.script("initialize", _ -> refused(Reason.REFUSED, 404));

    assertThatThrownBy(() -> client.send(INITIALIZE))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 403, 407, 408, 425, 429, 500, 503})
  void takesNoOtherRefusalForAnEra(int status) {
    server.script("initialize", _ -> refused(Reason.REFUSED, status));

    assertThatThrownBy(() -> client.send(INITIALIZE)).isInstanceOf(UpstreamException.class);
    assertThat(server.methods()).doesNotContain("server/discover");
  }

  @ParameterizedTest
  @CsvSource({
    "401, -32601",
    "403, -32022",
    "500, -32601",
    "503, -32602",
    "200, -32603",
    "400, -32000"
  })
  void takesNoOtherErrorForAnEra(int status, int code) throws Exception {
    server.refuses("initialize", status, "{\"code\":" + code + ",\"message\":\"no\"}");

    client.send(INITIALIZE).close();

    assertThat(server.methods()).doesNotContain("server/discover");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UNREACHABLE", "BROKEN", "TIMEOUT", "MALFORMED", "EXHAUSTED"})
  void takesNoFailureForAnEra(String reason) {
    server.script("initialize", _ -> refused(Reason.valueOf(reason), 0));

    assertThatThrownBy(() -> client.send(INITIALIZE)).isInstanceOf(UpstreamException.class);
    assertThat(server.methods()).doesNotContain("server/discover");
  }

  @Test
  void connectsAnewWhenTheServerHasEnded() throws Exception {
    server.refuses("initialize", 404, "{\"code\":-32601,\"message\":\"no\"}");
    client.greet();
    server.close();

    assertThat(line.alive()).isTrue();
    assertThat(client.answer(request(1, "tools/list", "{}"))).contains("\"tools\":[]");
    assertThat(transport.connections).isEqualTo(2);
    assertThat(transport.server().methods()).containsExactly("tools/list");
  }

  @ParameterizedTest
  @ValueSource(ints = {-32601, -32603})
  void closesItsLineInEitherEra(int code) throws Exception {
    server.refuses("initialize", 404, "{\"code\":" + code + ",\"message\":\"no\"}");
    client.send(INITIALIZE).close();

    line.close();

    assertThat(server.closed()).isTrue();
    assertThat(line.alive()).isFalse();
    assertThat(transport.connections).isEqualTo(1);
  }

  private static UpstreamReply message(int status, String json) {
    return new OneMessage(status, json.getBytes(StandardCharsets.UTF_8));
  }

  private static UpstreamReply refused(Reason reason, int status) throws UpstreamException {
    throw new UpstreamException(reason, true, status, "no");
  }
}
