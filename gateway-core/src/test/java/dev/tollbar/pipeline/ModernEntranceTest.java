package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.MirroredHeaders;
import dev.tollbar.protocol.Revision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is refused of 2026-07-28 before any policy is asked, and how it is told from sessions: wire
 * facts, sections 1.7 and 1.8.
 */
class ModernEntranceTest {
  /** Ids as JSON has them; each comes back with its type and every digit. */
  private static final List<String> IDS =
      List.of("0", "-7", "123456789012345678901234567890", "\"1\"", "\"007\"", "\"1e3\"", "\"ü\"");

  private static final String PAY = "\"name\":\"pay\",\"arguments\":{\"region\":\"eu\",\"n\":5}";
  private static final String SCHEMA =
      "{\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"},"
          + "\"n\":{\"type\":\"integer\",\"x-mcp-header\":\"N\"}}}";

  private final FakeRule spy = FakeRule.named("spy");
  private TestGateway gateway;
  private ModernClient client;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.policy(spy));
    gateway.knows("pay", SCHEMA);
    client = gateway.modern();
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private static String pay(String id) {
    return ModernClient.request(id, "tools/call", PAY);
  }

  private static MirroredHeaders good() {
    return headers("tools/call", "pay", Map.of("mcp-param-region", "eu", "mcp-param-n", "5"));
  }

  private static MirroredHeaders headers(String method, String name, Map<String, String> params) {
    return new MirroredHeaders(Optional.of(method), Optional.of(name), params);
  }

  /** One request that goes nowhere, for every kind of id. */
  private void refuses(
      ModernClient from,
      String method,
      String params,
      String meta,
      MirroredHeaders headers,
      int status,
      String code,
      String error) {
    for (String id : IDS) {
      gateway.records.clear();
      String body =
          "{\"jsonrpc\":\"2.0\",\"method\":\""
              + method
              + "\",\"params\":{"
              + params
              + meta
              + "},\"id\":"
              + id
              + "}";

      RecordingClient told = from.send(body, headers);

      assertThat(told.status()).as(body).isEqualTo(status);
      assertThat(told.text())
          .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":" + error + "}");
      assertThat(gateway.records).hasSize(1);
      DecisionRecord record = gateway.records.getFirst();
      assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
      assertThat(record.code()).contains(code);
      assertThat(record.requestId()).contains(id);
      assertThat(record.status()).hasValue(status);
    }
    assertUntouched();
  }

  /** No rule has heard of it, no server has, and the gateway goes on. */
  private void assertUntouched() {
    assertThat(spy.evaluated).isEmpty();
    assertThat(gateway.upstream.texts()).isEmpty();
    assertThat(gateway.upstream.lines()).isZero();
    assertThat(client.send(pay("1"), good()).text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(gateway.upstream.requests()).containsExactly(pay("1"));
    assertThat(gateway.openSessions()).isZero();
  }

  private static String error(int code, String text) {
    return "{\"code\":" + code + ",\"message\":\"" + text + "\"}";
  }

  private static final String VERSION =
      "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"";
  private static final String CAPABILITIES = "\"io.modelcontextprotocol/clientCapabilities\":{}";

  record Meta(String meta, String text) {}

  static Stream<Meta> metas() {
    String version =
        "Member \\\"params._meta\\\" must have a string"
            + " \\\"io.modelcontextprotocol/protocolVersion\\\".";
    String capabilities =
        "Member \\\"params._meta\\\" must have an object"
            + " \\\"io.modelcontextprotocol/clientCapabilities\\\".";
    String info =
        "Member \\\"io.modelcontextprotocol/clientInfo\\\" of \\\"params._meta\\\" must be an"
            + " object.";
    String level =
        "Member \\\"io.modelcontextprotocol/logLevel\\\" of \\\"params._meta\\\" must be a"
            + " string.";
    return Stream.of(
        new Meta("", version),
        new Meta(",\"_meta\":{}", version),
        new Meta(",\"_meta\":{" + CAPABILITIES + "}", version),
        new Meta(
            ",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":20260728,"
                + CAPABILITIES
                + "}",
            version),
        new Meta(",\"_meta\":{" + VERSION + "}", capabilities),
        new Meta(
            ",\"_meta\":{" + VERSION + ",\"io.modelcontextprotocol/clientCapabilities\":[]}",
            capabilities),
        new Meta(
            ",\"_meta\":{"
                + VERSION
                + ","
                + CAPABILITIES
                + ",\"io.modelcontextprotocol/clientInfo\":\"me\"}",
            info),
        new Meta(
            ",\"_meta\":{"
                + VERSION
                + ","
                + CAPABILITIES
                + ",\"io.modelcontextprotocol/logLevel\":7}",
            level));
  }

  @ParameterizedTest
  @MethodSource("metas")
  void section17RefusesARequestThatDoesNotSayWhatItSpeaks(Meta meta) {
    refuses(
        client,
        "tools/call",
        PAY,
        meta.meta(),
        good(),
        400,
        "request_meta",
        error(-32602, meta.text()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "5", "{\"_meta\":5}", "{\"_meta\":null}", "{\"_meta\":[]}"})
  void section17RefusesParamsThatSayNothing(String params) {
    RecordingClient told =
        client.send(
            "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"method\":\"tools/call\",\"params\":"
                + params
                + "}",
            good());

    String what = params.startsWith("{") ? "params._meta" : "params";
    assertThat(told.status()).isEqualTo(400);
    assertThat(told.text())
        .isEqualTo(
            ModernClient.error("\"7\"", -32602, "Member \\\"" + what + "\\\" must be an object."));
    assertThat(gateway.records).hasSize(1);
    assertThat(gateway.records.getFirst().code()).contains("malformed");
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-11-25", "2099-01-01", "DRAFT", ""})
  void section17NamesWhatItServesInsteadOfAnotherRevision(String revision) {
    refuses(
        client.by(client.knock().revision(revision)),
        "tools/call",
        PAY,
        ",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\""
            + revision
            + "\","
            + CAPABILITIES
            + "}",
        good(),
        400,
        "protocol_revision",
        "{\"code\":-32022,\"message\":\"This protocol revision is not served here.\",\"data\":"
            + "{\"supported\":[\"2026-07-28\"],\"requested\":\""
            + revision
            + "\"}}");
  }

  record Mirror(String what, MirroredHeaders headers, String text) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Mirror> mirrors() {
    String method = "Header Mcp-Method is not the method of the body.";
    String name = "Header Mcp-Name does not name what the body names.";
    String region = "Header Mcp-Param-Region is not the argument of the body.";
    Map<String, String> params = good().params();
    return Stream.of(
        new Mirror("no headers", MirroredHeaders.none(), "Header Mcp-Method is missing."),
        new Mirror(
            "no method",
            new MirroredHeaders(Optional.empty(), Optional.of("pay"), params),
            "Header Mcp-Method is missing."),
        new Mirror("another method", headers("tools/list", "pay", params), method),
        new Mirror("another case of the method", headers("Tools/Call", "pay", params), method),
        new Mirror("the method twice", headers("tools/call, tools/call", "pay", params), method),
        new Mirror("an empty method", headers("", "pay", params), method),
        new Mirror(
            "no name",
            new MirroredHeaders(Optional.of("tools/call"), Optional.empty(), params),
            "Header Mcp-Name is missing."),
        new Mirror("another name", headers("tools/call", "read", params), name),
        new Mirror("another case of the name", headers("tools/call", "Pay", params), name),
        new Mirror("the name twice", headers("tools/call", "pay, pay", params), name),
        new Mirror("an empty name", headers("tools/call", "", params), name),
        new Mirror("no Base64", headers("tools/call", "=?base64?pay?=", params), name),
        new Mirror("Base64 of another", headers("tools/call", "=?base64?cmVhZA==?=", params), name),
        new Mirror("lax Base64", headers("tools/call", "=?base64?cGF5=?=", params), name),
        new Mirror("no ASCII", headers("tools/call", "päy", params), name),
        new Mirror(
            "a param is missing",
            headers("tools/call", "pay", Map.of("mcp-param-n", "5")),
            "Header Mcp-Param-Region is missing."),
        new Mirror(
            "another param",
            headers("tools/call", "pay", Map.of("mcp-param-region", "us", "mcp-param-n", "5")),
            region),
        new Mirror(
            "another case of the param",
            headers("tools/call", "pay", Map.of("mcp-param-region", "EU", "mcp-param-n", "5")),
            region),
        new Mirror(
            "a param twice",
            headers("tools/call", "pay", Map.of("mcp-param-region", "eu, eu", "mcp-param-n", "5")),
            region),
        new Mirror(
            "no Base64 in a param",
            headers(
                "tools/call",
                "pay",
                Map.of("mcp-param-region", "=?base64?_?=", "mcp-param-n", "5")),
            region),
        new Mirror(
            "another number",
            headers("tools/call", "pay", Map.of("mcp-param-region", "eu", "mcp-param-n", "5.0")),
            "Header Mcp-Param-N is not the argument of the body."));
  }

  @ParameterizedTest
  @MethodSource("mirrors")
  void section614RefusesHeadersThatDoNotSayWhatTheBodySays(Mirror mirror) {
    refuses(
        client,
        "tools/call",
        PAY + ",",
        ModernClient.META,
        mirror.headers(),
        400,
        "header_mismatch",
        error(-32020, mirror.text()));
  }

  @Test
  void section614RefusesAParamOfWhichTheBodyHasNoArgument() {
    refuses(
        client,
        "tools/call",
        "\"name\":\"pay\",\"arguments\":{\"region\":null},",
        ModernClient.META,
        headers("tools/call", "pay", Map.of("mcp-param-region", "eu")),
        400,
        "header_mismatch",
        error(-32020, "Header Mcp-Param-Region is not the argument of the body."));
  }

  @Test
  void section614RefusesARevisionThatIsNotTheBodys() {
    Knock knock = Knock.as(TestGateway.LAPTOP);
    refuses(
        client.by(knock),
        "tools/call",
        PAY + ",",
        ModernClient.META,
        good(),
        400,
        "header_mismatch",
        error(-32020, "Header MCP-Protocol-Version is missing."));
    gateway.upstream.forget();
    spy.evaluated.clear();
    for (String revision : List.of("2025-11-25", "2026-07-29", "2026-07-28, 2026-07-28", "")) {
      RecordingClient told = client.by(knock.revision(revision)).send(pay("5"), good());

      assertThat(told.status()).isEqualTo(400);
      assertThat(told.text())
          .isEqualTo(
              ModernClient.error(
                  "5", -32020, "Header MCP-Protocol-Version is not the revision of the body."));
    }
    assertThat(spy.evaluated).isEmpty();
    assertThat(gateway.upstream.texts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompts/get name", "resources/read uri", "tasks/get taskId"})
  void section614ComparesTheNameOfWhateverHasOne(String methodAndMember) {
    String method = methodAndMember.substring(0, methodAndMember.indexOf(' '));
    String params = "\"" + methodAndMember.substring(method.length() + 1) + "\":\"x\"";
    String body = ModernClient.request("1", method, params, ModernClient.TASKS);

    RecordingClient none =
        client.send(body, new MirroredHeaders(Optional.of(method), Optional.empty(), Map.of()));
    RecordingClient other = client.send(body, headers(method, "y", Map.of()));

    assertThat(none.status()).isEqualTo(400);
    assertThat(none.text())
        .isEqualTo(ModernClient.error("1", -32020, "Header Mcp-Name is missing."));
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.text())
        .isEqualTo(
            ModernClient.error("1", -32020, "Header Mcp-Name does not name what the body names."));
    assertUntouched();
  }

  @Test
  void section614TakesOuterSpacesAndBase64() {
    MirroredHeaders headers =
        headers(
            " tools/call",
            "=?base64?cGF5?= ",
            Map.of("mcp-param-region", "\teu ", "mcp-param-n", "=?base64?NQ==?="));

    assertThat(client.by(client.knock().revision(" 2026-07-28 ")).send(pay("1"), headers).text())
        .isEqualTo(ModernClient.result("1", "{}"));
  }

  static Set<String> absent() {
    Set<String> methods = new TreeSet<>();
    for (Direction direction : Direction.values()) {
      for (Revision revision : Revision.values()) {
        methods.addAll(Methods.doors(direction, revision).keySet());
      }
    }
    methods.addAll(
        List.of("admin/erase", "tools/Call", "tools/call/", "server/discover2", "rpc.discover"));
    methods.removeAll(Methods.doors(Direction.CLIENT_REQUEST, Revision.V2026_07_28).keySet());
    return methods;
  }

  @Test
  void theMethodsThatWereRemovedAreAmongThoseThatAreAbsent() {
    assertThat(absent())
        .contains(
            "initialize",
            "ping",
            "logging/setLevel",
            "resources/subscribe",
            "resources/unsubscribe",
            "tasks/result",
            "tasks/list",
            "notifications/cancelled",
            "sampling/createMessage",
            "elicitation/create",
            "roots/list")
        .doesNotContain("tools/call", "server/discover", "tasks/get");
  }

  @ParameterizedTest
  @MethodSource("absent")
  void section17KnowsNoMethodThatIsNotInItsTable(String method) {
    MirroredHeaders headers = new MirroredHeaders(Optional.of(method), Optional.empty(), Map.of());
    refuses(
        client,
        method,
        "",
        ModernClient.TASKS,
        headers,
        404,
        "unknown_method",
        error(-32601, "The gateway does not know this method."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks/get", "tasks/update", "tasks/cancel"})
  void section17RefusesTasksToClientsThatDoNotKnowThem(String method) {
    refuses(
        client,
        method,
        "\"taskId\":\"t\",",
        ModernClient.META,
        headers(method, "t", Map.of()),
        400,
        "missing_capability",
        "{\"code\":-32021,\"message\":\"The client did not declare the extension that this method"
            + " belongs to.\",\"data\":{\"requiredCapabilities\":{\"extensions\":"
            + "{\"io.modelcontextprotocol/tasks\":{}}}}}");
  }

  @Test
  void section18TellsTheErasApartByTheBody() {
    // Without the header: what is missing is named, not a session.
    assertThat(client.by(Knock.as(TestGateway.LAPTOP)).send(pay("1"), good()).text())
        .isEqualTo(ModernClient.error("1", -32020, "Header MCP-Protocol-Version is missing."));
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server/discover", "subscriptions/listen", "tasks/update"})
  void section18TellsTheErasApartByAMethodThatSessionsDoNotHave(String method) {
    RecordingClient told =
        gateway.post(Knock.as(TestGateway.LAPTOP), TestGateway.request(1, method, "{}"));

    assertThat(told.status()).isEqualTo(400);
    assertThat(told.text())
        .isEqualTo(
            ModernClient.error(
                "1",
                -32602,
                "Member \\\"params._meta\\\" must have a string"
                    + " \\\"io.modelcontextprotocol/protocolVersion\\\"."));
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "own", "another's"})
  void section18IgnoresASessionBesideARequestThatStandsAlone(String which) {
    String session =
        switch (which) {
          case "own" -> gateway.session().session().orElseThrow();
          case "another's" -> gateway.session(TestGateway.DESKTOP).session().orElseThrow();
          default -> which;
        };
    gateway.upstream.forget();

    RecordingClient told = client.by(client.knock().in(session)).send(pay("1"), good());

    assertThat(told.text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(told.hasSession()).isFalse();
    assertThat(spy.evaluated.getLast().session()).isEmpty();
    assertThat(spy.evaluated.getLast().protocolRevision()).isEqualTo("2026-07-28");
    assertThat(gateway.upstream.forwarded().getFirst().protocolRevision()).contains("2026-07-28");
  }

  @Test
  void section18AHandshakeStaysAHandshake() {
    String asksForIt = TestGateway.initialize("2026-07-28");

    RecordingClient told = gateway.post(Knock.as(TestGateway.LAPTOP), asksForIt);

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.hasSession()).isTrue();
    assertThat(gateway.openSessions()).isEqualTo(1);
    Knock session = gateway.session();
    assertThat(gateway.post(session, TestGateway.pay(1)).text())
        .isEqualTo(ModernClient.result("1", "{}"));
    assertThat(gateway.upstream.forwarded().getLast().protocolRevision()).contains("2025-11-25");
  }

  @Test
  void section17ServesNoStreamAndEndsNoSession() throws Exception {
    Knock knock = client.knock().in(gateway.session().session().orElseThrow());
    for (Knock each : List.of(client.knock(), knock)) {
      RecordingClient listener = new RecordingClient();
      RecordingClient leaver = new RecordingClient();

      gateway.gateway().listen(each.with("", gateway.clock.instant()), listener);
      gateway.gateway().end(each.with("", gateway.clock.instant()), leaver);

      for (RecordingClient told : List.of(listener, leaver)) {
        assertThat(told.status()).isEqualTo(405);
        assertThat(told.text())
            .isEqualTo(
                ModernClient.error(
                    "null",
                    -32000,
                    "This protocol revision has no sessions: every request is a POST."));
      }
    }
    assertThat(gateway.openSessions()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "notifications/cancelled",
        "notifications/initialized",
        "notifications/progress",
        "notifications/custom"
      })
  void section17AcceptsNotificationsAndPassesNoneOn(String method) {
    String body = TestGateway.notification(method, "{\"requestId\":1," + ModernClient.META + "}");

    RecordingClient told = client.send(body, MirroredHeaders.none());

    assertThat(told.status()).isEqualTo(202);
    assertThat(told.text()).isEmpty();
    assertThat(gateway.records).isEmpty();
    assertUntouched();
  }

  @Test
  void section17TakesNoResponse() {
    RecordingClient told =
        client.send("{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}", MirroredHeaders.none());

    assertThat(told.status()).isEqualTo(400);
    assertThat(told.text())
        .isEqualTo(
            ModernClient.error("5", -32000, "Mcp-Session-Id is missing: begin with initialize."));
    assertUntouched();
  }

  @Test
  void refusesStrangersAsEverywhere() {
    Knock knock = client.knock();
    record Stranger(Knock knock, int status, String text) {}
    for (Stranger stranger :
        List.of(
            new Stranger(knock.authorization(Optional.empty()), 401, "A bearer token is required."),
            new Stranger(
                knock.authorization(Optional.of("Bearer " + TestGateway.EXPIRED)),
                403,
                "This grant has expired."),
            new Stranger(
                knock.authorization(Optional.of("Bearer " + TestGateway.ELSEWHERE)),
                403,
                "This grant does not reach this server."),
            new Stranger(
                knock.origin("https://attacker.example"), 403, "This Origin is not allowed."),
            new Stranger(knock.server("gone"), 404, "There is no such server here."))) {
      RecordingClient told = client.by(stranger.knock()).send(pay("9"), good());

      assertThat(told.status()).isEqualTo(stranger.status());
      assertThat(told.json().path("error").path("message").asText()).isEqualTo(stranger.text());
    }
    assertUntouched();
  }
}
