package dev.tollbar.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.ModernRequest.Problem;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP 2026-07-28, basic/versioning: how the eras are told apart, and what is refused. */
class ModernRequestTest {
  private static final Optional<String> MODERN = Optional.of("2026-07-28");

  private static Message parse(String json) throws MalformedMessageException {
    return StrictParser.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Message request(String method, String params) throws MalformedMessageException {
    return parse(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}");
  }

  private static String meta(String version) {
    return "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\""
        + version
        + "\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
  }

  private static Optional<Problem> problem(Message message) {
    MirroredHeaders headers =
        new MirroredHeaders(Optional.of(message.method()), message.text("name"), Map.of());
    return ModernRequest.problem(message, MODERN, Optional.of(headers), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-07-28", "2025-11-25", "2099-01-01", "nonsense"})
  void isClaimedByAVersionInTheBody(String version) throws Exception {
    Message message = request("tools/list", "{" + meta(version) + "}");

    assertThat(ModernRequest.isClaimedBy(message, Optional.empty())).isTrue();
    assertThat(ModernRequest.isClaimedBy(message, Optional.of("2025-11-25"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-07-28", " 2026-07-28", "2026-07-28\t"})
  void isClaimedByAModernHeader(String header) throws Exception {
    assertThat(ModernRequest.isClaimedBy(request("tools/list", "{}"), Optional.of(header)))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server/discover", "subscriptions/listen", "tasks/update"})
  void isClaimedByAMethodThatSessionsDoNotHave(String method) throws Exception {
    assertThat(ModernRequest.isClaimedBy(request(method, "{}"), Optional.empty())).isTrue();
    Message notification = parse("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\"}");
    assertThat(ModernRequest.isClaimedBy(notification, Optional.empty())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2025-11-25", "2024-11-05", "2026-07-29", "2026-07-28, 2026-07-28"})
  void isNotClaimedByAnythingElse(String header) throws Exception {
    Optional<String> revision = Optional.of(header).filter(it -> !it.isEmpty());
    Set<String> methods =
        new HashSet<>(Methods.doors(Direction.CLIENT_REQUEST, Revision.V2025_11_25).keySet());
    methods.add("no/method");

    assertThat(methods).hasSizeGreaterThan(16);
    for (String method : methods) {
      assertThat(ModernRequest.isClaimedBy(request(method, "{}"), revision)).as(method).isFalse();
    }
  }

  @Test
  void isNeverClaimedByAResponse() throws Exception {
    Message response = parse("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{" + meta("x") + "}}");

    assertThat(response.kind()).isEqualTo(Kind.RESPONSE);
    assertThat(ModernRequest.isClaimedBy(response, MODERN)).isFalse();
  }

  @Test
  void findsNothingWrongWithAGoodRequest() throws Exception {
    Message call = request("tools/call", "{\"name\":\"pay\"," + meta("2026-07-28") + "}");

    assertThat(problem(call)).isEmpty();
  }

  @Test
  void asksNothingOfNotifications() throws Exception {
    Message cancelled =
        parse("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{}}");

    assertThat(
            ModernRequest.problem(
                cancelled, MODERN, Optional.of(MirroredHeaders.none()), Optional.empty()))
        .isEmpty();
  }

  @Test
  void looksAtTheBodyFirstThenAtTheRevisionThenAtTheRest() throws Exception {
    Message bare = request("tools/call", "{\"name\":\"pay\"}");
    Message other = request("tools/call", "{\"name\":\"pay\"," + meta("2099-01-01") + "}");
    Message good = request("tools/call", "{\"name\":\"pay\"," + meta("2026-07-28") + "}");
    Optional<MirroredHeaders> none = Optional.of(MirroredHeaders.none());

    assertThat(ModernRequest.problem(bare, Optional.empty(), none, Optional.empty()))
        .contains(
            new Problem(
                -32602,
                "request_meta",
                "Member \"params._meta\" must have a string"
                    + " \"io.modelcontextprotocol/protocolVersion\".",
                Optional.empty()));
    assertThat(ModernRequest.problem(good, Optional.empty(), none, Optional.empty()))
        .contains(mismatch("Header MCP-Protocol-Version is missing."));
    assertThat(ModernRequest.problem(other, MODERN, none, Optional.empty()))
        .contains(mismatch("Header MCP-Protocol-Version is not the revision of the body."));
    assertThat(ModernRequest.problem(other, Optional.of("2099-01-01"), none, Optional.empty()))
        .map(Problem::code)
        .contains(-32022);
    assertThat(ModernRequest.problem(good, MODERN, none, Optional.empty()))
        .contains(mismatch("Header Mcp-Method is missing."));
  }

  private static Problem mismatch(String text) {
    return new Problem(-32020, "header_mismatch", text, Optional.empty());
  }

  @ParameterizedTest
  @EnumSource(
      value = Revision.class,
      names = {"V2024_11_05", "V2025_03_26", "V2025_06_18", "V2025_11_25"})
  void servesNoOlderRevisionWithoutItsSession(Revision revision) throws Exception {
    Message message = request("tools/list", "{" + meta(revision.text()) + "}");

    assertThat(ModernRequest.problem(message, Optional.empty(), Optional.empty(), Optional.empty()))
        .contains(
            new Problem(
                -32022,
                "protocol_revision",
                "This protocol revision is not served here.",
                Optional.of(
                    "{\"supported\":[\"2026-07-28\"],\"requested\":\"" + revision + "\"}")));
  }

  @Test
  void repeatsARequestedRevisionAsText() throws Exception {
    Message message = request("tools/list", "{" + meta("\\\"],\\n\\u0001") + "}");

    assertThat(
            ModernRequest.problem(message, Optional.empty(), Optional.empty(), Optional.empty())
                .flatMap(Problem::data))
        .contains("{\"supported\":[\"2026-07-28\"],\"requested\":\"\\\"],\\n\\u0001\"}");
  }

  @Test
  void comparesNothingWhereThereAreNoHeaders() throws Exception {
    Message call = request("tools/call", "{\"name\":\"pay\"," + meta("2026-07-28") + "}");
    Optional<List<HeaderParam>> params =
        Optional.of(List.of(new HeaderParam("Mcp-Param-A", List.of("a"))));

    assertThat(ModernRequest.problem(call, Optional.empty(), Optional.empty(), params)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks/get", "tasks/update", "tasks/cancel"})
  void tasksAreForClientsThatDeclareThem(String method) throws Exception {
    Message undeclared = request(method, "{\"taskId\":\"t\"," + meta("2026-07-28") + "}");
    Message declared =
        request(
            method,
            "{\"taskId\":\"t\","
                + meta("2026-07-28")
                    .replace("{}", "{\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}")
                + "}");

    assertThat(ModernRequest.problem(undeclared, MODERN, Optional.empty(), Optional.empty()))
        .contains(
            new Problem(
                -32021,
                "missing_capability",
                "The client did not declare the extension that this method belongs to.",
                Optional.of(
                    "{\"requiredCapabilities\":{\"extensions\":"
                        + "{\"io.modelcontextprotocol/tasks\":{}}}}")));
    assertThat(ModernRequest.problem(declared, MODERN, Optional.empty(), Optional.empty()))
        .isEmpty();
  }
}
