package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.protocol.MirroredHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server gets of a request that stands alone, and what its client gets back. */
class ModernForwardTest {
  private static final String SCHEMA =
      "{\"properties\":{\"where\":{\"properties\":{\"region\":{\"type\":\"string\","
          + "\"x-mcp-header\":\"ReGion\"}}},\"n\":{\"type\":\"integer\",\"x-mcp-header\":\"N\"},"
          + "\"dry\":{\"type\":\"boolean\",\"x-mcp-header\":\"Dry-Run\"}}}";

  private final FakeRule rule = FakeRule.named("rule");
  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    gateway = TestGateway.in(data, TestGateway.policy(rule));
    gateway.knows("pay", SCHEMA);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private static MirroredHeaders headers(String name, Map<String, String> params) {
    return new MirroredHeaders(Optional.of("tools/call"), Optional.of(name), params);
  }

  private UpstreamMessage forwarded() {
    assertThat(gateway.upstream.forwarded()).hasSize(1);
    return gateway.upstream.forwarded().getFirst();
  }

  @Test
  void section61ForwardsTheReceivedBytes() {
    String body =
        "{ \"method\" : \"tools\\/call\",\"x-new\":[1.50, 1e400 ],\"params\":{"
            + ModernClient.META
            + ",\r\n\t\"arguments\":{\"é\":\"\\u00e9\"},\"name\":\"p\\u0061y\"},\"jsonrpc\":\"2.0\""
            + ",\"id\":\"1\"}\n";

    RecordingClient told = gateway.modern().send(body);

    assertThat(told.text()).isEqualTo(ModernClient.result("\"1\"", "{}"));
    UpstreamMessage message = forwarded();
    assertThat(new String(message.bytes(), StandardCharsets.UTF_8)).isEqualTo(body);
    assertThat(message.kind()).isEqualTo(UpstreamMessage.Kind.REQUEST);
    assertThat(message.method()).isEqualTo("tools/call");
    assertThat(message.id()).contains(MessageId.text("1"));
    assertThat(message.protocolRevision()).contains("2026-07-28");
  }

  @Test
  void tellsTheServerWhichProgressIsOfThisRequest() {
    String body =
        ModernClient.request(
            "1",
            "tools/call",
            "\"name\":\"pay\"",
            ModernClient.META.replace("{\"io", "{\"progressToken\":\"7\",\"io"));

    gateway.modern().send(body);

    assertThat(forwarded().progressToken()).contains(MessageId.text("7"));
  }

  @Test
  void section614WritesTheHeadersAnewAsTheSchemaSpellsThem() {
    String body =
        ModernClient.request(
            "1",
            "tools/call",
            "\"name\":\"pay\",\"arguments\":{\"where\":{\"region\":\"köln\"},\"n\":-7,"
                + "\"dry\":false}");

    RecordingClient told =
        gateway
            .modern()
            .by(gateway.modern().knock().in("a session"))
            .send(
                body,
                headers(
                    "=?base64?cGF5?=",
                    Map.of(
                        "mcp-param-region",
                        " =?base64?a8O2bG4=?= ",
                        "mcp-param-n",
                        "=?base64?LTc=?=",
                        "mcp-param-dry-run",
                        "false")));

    assertThat(told.text()).isEqualTo(ModernClient.result("1", "{}"));
    // These and no others: nothing of the client's own, such as Authorization or its session.
    assertThat(forwarded().headers())
        .isEqualTo(
            Map.of(
                "Mcp-Method", "tools/call",
                "Mcp-Name", "pay",
                "Mcp-Param-ReGion", "=?base64?a8O2bG4=?=",
                "Mcp-Param-N", "-7",
                "Mcp-Param-Dry-Run", "false"));
    assertThat(told.hasSession()).isFalse();
  }

  @Test
  void section614MirrorsNoArgumentThatIsAbsentOrNull() {
    gateway
        .modern()
        .send(
            ModernClient.request(
                "1", "tools/call", "\"name\":\"pay\",\"arguments\":{\"n\":null,\"where\":{}}"));

    assertThat(forwarded().headers())
        .isEqualTo(Map.of("Mcp-Method", "tools/call", "Mcp-Name", "pay"));
  }

  @Test
  void section614PassesOnWhatIsSaidOfAToolThatNobodyKnows() {
    gateway.upstream.answers(message ->
        message.method().equals("tools/list")
            ? FakeReply.of(FakeUpstream.error(message, -32603))
            : FakeReply.of(FakeUpstream.result(message, "{}")));
    String body =
        ModernClient.request(
            "1", "tools/call", "\"name\":\"new\",\"arguments\":{\"region\":\"eu\"}");

    RecordingClient told =
        gateway.modern().send(body, headers("new", Map.of("mcp-param-region", " us ")));

    assertThat(told.text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(gateway.upstream.forwarded().getLast().headers())
        .isEqualTo(Map.of("Mcp-Method", "tools/call", "Mcp-Name", "new", "mcp-param-region", "us"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompts/get | \"name\":\"ü\" | =?base64?w7w=?=",
        "resources/read | \"uri\":\"file:///a b\" | file:///a b",
        "tools/list | \"cursor\":\"2\" | ",
        "server/discover | \"x\":1 | ",
        "completion/complete | \"ref\":{\"type\":\"ref/prompt\",\"name\":\"a\"} | ",
      })
  void section614NamesWhatARequestIsAbout(String method, String params, String name) {
    String body = ModernClient.request("1", method, params);
    Optional<String> expected = Optional.ofNullable(name);

    gateway.upstream.answersResult("{\"tools\":[]}");
    RecordingClient told =
        gateway.modern().send(body, new MirroredHeaders(Optional.of(method), expected, Map.of()));

    assertThat(told.text()).isEqualTo(ModernClient.result("1", "{\"tools\":[]}"));
    assertThat(forwarded().headers())
        .isEqualTo(
            expected
                .map(it -> Map.of("Mcp-Method", method, "Mcp-Name", it))
                .orElse(Map.of("Mcp-Method", method)));
  }

  @Test
  void section614APromptIsNoToolOfItsName() {
    gateway
        .modern()
        .send(
            ModernClient.request(
                "1", "prompts/get", "\"name\":\"pay\",\"arguments\":{\"n\":\"7\"}"));

    assertThat(forwarded().headers())
        .isEqualTo(Map.of("Mcp-Method", "prompts/get", "Mcp-Name", "pay"));
  }

  @ParameterizedTest
  @CsvSource({"200, 200", "400, 400", "404, 404", "401, 200", "403, 200", "500, 200", "503, 200"})
  void section17ShowsTheStatusesThatMeanSomethingToClients(int status, int shown) {
    String error =
        "{\"jsonrpc\":\"2.0\", \"error\":{\"message\":\"n\\u006f\",\"data\":{\"supported\":"
            + "[\"2026-07-28\"],\"é\":1.50,\"requiredCapabilities\":{}},\"code\":-32022},\"id\":1 }";
    gateway.upstream.answers(_ -> FakeReply.of(status, error));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.status()).isEqualTo(shown);
    assertThat(told.text()).isEqualTo(error);
    assertThat(rule.settled).containsExactly(new Outcome.ProtocolError(-32022));
    assertThat(gateway.records.getFirst().status()).hasValue(shown);
  }

  @Test
  void section17ShowsTheStatusOfALargeErrorToo() {
    String error =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\""
            + "x".repeat(300 * 1024)
            + "\"}}";
    gateway.upstream.answers(_ -> FakeReply.of(400, error));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.status()).isEqualTo(400);
    assertThat(told.text()).isEqualTo(error);
  }

  @Test
  void section513AServerThatIsGoneIsNoUnknownSession() {
    gateway.upstream.fails(Reason.SESSION_LOST, false);

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    // 404 would say that the method is unknown.
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text())
        .isEqualTo(
            ModernClient.error(
                "1", -31003, "The server behind the gateway has lost this session: begin anew."));
    assertThat(rule.settled).containsExactly(new Outcome.NotDelivered());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"resultType\":"
            + "\"task\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":1}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}",
        "<html>400</html>",
      })
  void section618PassesNoAnswerThatIsNone(String answer) {
    gateway.upstream.answers(_ -> FakeReply.of(400, answer));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.text())
        .isEqualTo(
            ModernClient.error(
                "1", -31003, "The server behind the gateway gave an answer that is not MCP."));
    assertThat(rule.settled).containsExactly(new Outcome.TransportFailed());
    gateway.upstream.answersResult("{}");
    assertThat(gateway.modern().send(ModernClient.pay(1)).text())
        .isEqualTo(ModernClient.result("1", "{}"));
  }

  @Test
  void section610GrantsHaveLinesOfTheirOwn() {
    ModernClient desktop = new ModernClient(gateway, TestGateway.DESKTOP);

    gateway.modern().send(ModernClient.pay(1));
    gateway.modern().send(ModernClient.pay(1));
    assertThat(gateway.upstream.lines()).isEqualTo(1);
    desktop.send(ModernClient.pay(1));

    assertThat(gateway.upstream.lines()).isEqualTo(2);
    gateway.upstream.lastLine().die();
    desktop.send(ModernClient.pay(1));
    assertThat(gateway.upstream.lines()).isEqualTo(3);
  }

  @Test
  void section610AnswersRequestsOfOneIdEachToItsOwnClient() throws Exception {
    CountDownLatch bothIn = new CountDownLatch(2);
    gateway.upstream.answers(message -> {
      bothIn.countDown();
      bothIn.await();
      String text = new String(message.bytes(), StandardCharsets.UTF_8);
      String who = text.contains("\"first\"") ? "{\"to\":\"first\"}" : "{\"to\":\"second\"}";
      return FakeReply.of(FakeUpstream.result(message, who));
    });
    RecordingClient first = new RecordingClient();
    RecordingClient second = new RecordingClient();
    Thread one = sending("first", first);
    Thread other = sending("second", second);
    one.join();
    other.join();

    for (RecordingClient told : List.of(first, second)) {
      String text = told.text().isEmpty() ? told.lastMessage().toString() : told.text();
      assertThat(text)
          .isEqualTo(
              ModernClient.result(
                  "1", told == first ? "{\"to\":\"first\"}" : "{\"to\":\"second\"}"));
    }
    assertThat(gateway.records).hasSize(2);
  }

  private Thread sending(String who, RecordingClient client) {
    String body =
        ModernClient.request(
            "1", "tools/call", "\"name\":\"pay\",\"arguments\":{\"by\":\"" + who + "\"}");
    return Thread.ofVirtual().start(() -> gateway.modern().send(body, client));
  }
}
