package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.identity.Tokens;
import dev.tollbar.state.StoredGrant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused before any policy is asked: policy language, section 8. */
class EntranceTest {
  private TestGateway gateway;
  private Knock session;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.open());
    session = gateway.session();
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  record Refused(
      String why, UnaryOperator<Knock> knock, int status, int code, String name, String text) {
    @Override
    public String toString() {
      return why;
    }
  }

  static Stream<Refused> refused() {
    String token = "A bearer token is required.";
    return Stream.of(
        new Refused(
            "no token", k -> k.authorization(Optional.empty()), 401, -32000, "no_grant", token),
        new Refused(
            "unknown token",
            k -> k.authorization(Optional.of("Bearer tb_nobody")),
            401,
            -32000,
            "unknown_grant",
            "The bearer token is not known here."),
        new Refused(
            "another scheme",
            k -> k.authorization(Optional.of("Basic bGFwdG9w")),
            401,
            -32000,
            "unknown_grant",
            "The Authorization header is not a bearer token."),
        new Refused(
            "expired grant",
            k -> k.authorization(Optional.of("Bearer " + TestGateway.EXPIRED)),
            403,
            -32000,
            "grant_expired",
            "This grant has expired."),
        new Refused(
            "grant for another server",
            k -> k.authorization(Optional.of("Bearer " + TestGateway.ELSEWHERE)),
            403,
            -32000,
            "grant_not_for_server",
            "This grant does not reach this server."),
        new Refused(
            "foreign host",
            k -> k.host(Optional.of("gateway.attacker.example")),
            403,
            -32000,
            "foreign_host",
            "This Host is not served here."),
        new Refused(
            "no host",
            k -> k.host(Optional.empty()),
            403,
            -32000,
            "foreign_host",
            "This Host is not served here."),
        new Refused(
            "foreign origin",
            k -> k.origin("https://attacker.example"),
            403,
            -32000,
            "foreign_origin",
            "This Origin is not allowed."),
        new Refused(
            "no media type",
            k -> k.contentType(Optional.empty()),
            415,
            -32600,
            "media_type",
            "Content-Type must be application/json."),
        new Refused(
            "text",
            k -> k.contentType(Optional.of("text/json")),
            415,
            -32600,
            "media_type",
            "Content-Type must be application/json."),
        new Refused(
            "wants JSON only",
            k -> k.accept(Optional.of("application/json")),
            406,
            -32600,
            "not_acceptable",
            "Accept must list application/json and text/event-stream."),
        new Refused(
            "server that is gone",
            k -> k.server("gone"),
            404,
            -32600,
            "unknown_server",
            "There is no such server here."),
        new Refused(
            "unknown session",
            k -> k.in("nonsense"),
            404,
            -32001,
            "unknown_session",
            "Session not found: begin anew with initialize."),
        new Refused(
            "session of another grant",
            k -> k.authorization(Optional.of("Bearer " + TestGateway.DESKTOP)),
            404,
            -32001,
            "unknown_session",
            "Session not found: begin anew with initialize."),
        new Refused(
            "unknown revision",
            k -> k.revision("1999-01-01"),
            400,
            -32000,
            "protocol_revision",
            "MCP-Protocol-Version names a revision that is not served here."),
        new Refused(
            "revision without a transport here",
            k -> k.revision("2024-10-07"),
            400,
            -32000,
            "protocol_revision",
            "MCP-Protocol-Version names a revision that is not served here."));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses(Refused refused) {
    RecordingClient client = gateway.post(refused.knock().apply(session), TestGateway.pay(17));

    assertThat(client.status()).isEqualTo(refused.status());
    assertThat(client.json().path("error").path("message").asText()).isEqualTo(refused.text());
    assertThat(client.error()).isEqualTo(refused.code());
    assertThat(client.challenge())
        .isEqualTo(refused.status() == 401 ? Optional.of("Bearer") : Optional.empty());
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
    assertThat(record.code()).contains(refused.name());
    assertThat(record.reason()).contains(refused.text());
    assertThat(record.status()).hasValue(refused.status());
  }

  @Test
  void refusesARequestWithoutASession() {
    RecordingClient client = gateway.post(Knock.as(TestGateway.LAPTOP), TestGateway.pay(17));

    assertThat(client.status()).isEqualTo(400);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":17,\"error\":{\"code\":-32000,\"message\":"
                + "\"Mcp-Session-Id is missing: begin with initialize.\"}}");
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void refusesARevokedGrant() {
    gateway
        .state
        .grants()
        .add(
            new StoredGrant(
                "phone",
                Tokens.sha256Hex("tb_phone"),
                Map.of("tickets", "p"),
                Map.of(),
                gateway.clock.instant(),
                Optional.empty(),
                Optional.empty()));
    gateway.clock.step(Duration.ofSeconds(2));
    Knock phone = gateway.session("tb_phone");
    gateway.state.grants().revoke("phone", gateway.clock.instant());
    gateway.clock.step(Duration.ofSeconds(2));

    RecordingClient client = gateway.post(phone, TestGateway.pay(1));

    assertThat(client.status()).isEqualTo(403);
    assertThat(client.json().path("error").path("message").asText())
        .isEqualTo("This grant was revoked.");
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'application/json; charset=utf-8', '*/*'",
    "'Application/JSON', 'application/*, text/*'",
    "'application/json', 'text/event-stream;q=0.5, application/json'",
  })
  void servesWhatTheHeadersAllow(String contentType, String accept) {
    Knock knock = session.contentType(Optional.of(contentType)).accept(Optional.of(accept));

    assertThat(gateway.post(knock, TestGateway.pay(1)).text()).contains("\"result\"");
  }

  @Test
  void servesALocalPageAndAClientThatSaysNothingOfItself() {
    assertThat(gateway.post(session.origin("http://localhost:6274"), TestGateway.pay(1)).status())
        .isEqualTo(200);
    assertThat(gateway.post(session.accept(Optional.empty()), TestGateway.pay(2)).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"delete\",\"Name\":\"read\"}} | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"pay\",\"arguments\":{},\"arguments\":{}}} | -32600",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}] | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\" | -32700",
        "not JSON | -32700",
        "'' | -32700",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"} | -32600",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"} | -32600",
      })
  void refusesWhatIsNotOneMessage(String body, int code) {
    RecordingClient client = gateway.post(session, body);

    assertThat(client.status()).isEqualTo(400);
    assertThat(client.error()).isEqualTo(code);
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records).hasSize(1);
    assertThat(gateway.records.getFirst().code()).contains("malformed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tools/call | {\"name\":\"pay\",\"arguments\":[1]} | Member \"params.arguments\" must be an object.",
        "tools/call | {\"name\":\"pay\",\"arguments\":\"x\"} | Member \"params.arguments\" must be an object.",
        "tools/call | {\"name\":5} | Member \"params.name\" must be a string of 1 to 256 characters.",
        "tools/call | {} | Member \"params.name\" must be a string of 1 to 256 characters.",
        "tools/call | [] | Member \"params\" must be an object",
        "prompts/get | {} | Member \"params.name\" must be a string of 1 to 256 characters.",
        "resources/read | {\"uri\":\"\"} | Member \"params.uri\" must be a string of 1 to 8192 characters.",
      })
  void refusesParamsThatDoNotSayWhatIsCalled(String method, String params, String text) {
    RecordingClient client = gateway.post(session, TestGateway.request(9, method, params));

    assertThat(client.status()).isEqualTo(200);
    assertThat(client.error()).isEqualTo(-32602);
    assertThat(client.json().path("id").asInt()).isEqualTo(9);
    assertThat(client.json().path("error").path("message").asText()).startsWith(text);
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records).hasSize(1);
    assertThat(gateway.records.getFirst().decision()).isEqualTo(DecisionRecord.Decision.DENY);
  }

  @Test
  void refusesMethodsThatItDoesNotKnow() {
    RecordingClient client = gateway.post(session, TestGateway.request(3, "admin/erase", "{}"));

    assertThat(client.status()).isEqualTo(200);
    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32601,\"message\":"
                + "\"The gateway does not know this method.\"}}");
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records.getFirst().code()).contains("unknown_method");
  }

  @Test
  void dropsNotificationsThatItDoesNotKnow() {
    int before = gateway.upstream.texts().size();

    RecordingClient client =
        gateway.post(session, TestGateway.notification("notifications/custom", "{}"));

    assertThat(client.status()).isEqualTo(202);
    assertThat(gateway.upstream.texts()).hasSize(before);
    assertThat(gateway.records).isEmpty();
  }

  @Test
  void relaysNotificationsThatItKnows() {
    String said = TestGateway.notification("notifications/initialized", "{}");

    RecordingClient client = gateway.post(session, said);

    assertThat(client.status()).isEqualTo(202);
    assertThat(gateway.upstream.texts()).last().isEqualTo(said);
    assertThat(gateway.records).isEmpty();
  }

  @Test
  void answersAPingItself() {
    RecordingClient client = gateway.post(session, TestGateway.request(4, "ping", "{}"));

    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{}}");
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void refusesAnswersThatNobodyAskedFor() {
    int before = gateway.upstream.texts().size();

    RecordingClient client = gateway.post(session, "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}");

    assertThat(client.status()).isEqualTo(400);
    assertThat(client.json().path("error").path("message").asText())
        .isEqualTo("The server has asked nothing of that id.");
    assertThat(gateway.upstream.texts()).hasSize(before);
  }

  @Test
  void endsASessionForItsOwner() throws Exception {
    RecordingClient stranger = new RecordingClient();
    RecordingClient owner = new RecordingClient();
    Knock desktop = session.authorization(Optional.of("Bearer " + TestGateway.DESKTOP));

    gateway.gateway().end(desktop.with("", gateway.clock.instant()), stranger);
    assertThat(stranger.status()).isEqualTo(404);
    assertThat(gateway.sessions.size()).isEqualTo(1);

    gateway.gateway().end(session.with("", gateway.clock.instant()), owner);
    assertThat(owner.status()).isEqualTo(200);
    assertThat(gateway.sessions.size()).isZero();
    assertThat(gateway.upstream.lastLine().alive()).isFalse();
    assertThat(gateway.post(session, TestGateway.pay(1)).status()).isEqualTo(404);
  }

  @Test
  void refusesEverythingOnceItIsClosed() throws Exception {
    gateway.live.close();
    RecordingClient listening = new RecordingClient();
    gateway.gateway().listen(session.with("", gateway.clock.instant()), listening);

    assertThat(listening.status()).isEqualTo(503);
    assertThat(gateway.post(session, TestGateway.pay(1)).status()).isEqualTo(503);
  }
}
