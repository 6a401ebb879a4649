package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import dev.tollbar.protocol.MirroredHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tool that no list has shown yet is looked up, once, before it is judged. */
class ToolLookupTest {
  private static final String PAY =
      "{\"name\":\"pay\",\"annotations\":{\"destructiveHint\":true},\"inputSchema\":{\"properties\":"
          + "{\"amount\":{\"type\":\"integer\",\"x-mcp-header\":\"Amount\"}}}}";

  @TempDir private Path data;

  private final Deque<TestGateway> opened = new ArrayDeque<>();

  @AfterEach
  void close() {
    opened.forEach(TestGateway::close);
  }

  private TestGateway gateway(Policy policy) throws IOException {
    TestGateway gateway = TestGateway.in(data, policy);
    opened.push(gateway);
    return gateway;
  }

  /** Only tools that the server itself calls destructive may be called. */
  private static Policy destructiveOnly() {
    return new Policy(
        "p",
        false,
        Map.of(
            Section.TOOLS,
            new SectionRules(
                true,
                List.of(),
                List.of(),
                List.of(new SectionRules.Entry(new Selector.Category("destructive"), List.of())))),
        List.of());
  }

  /** Lists these pages by number, and answers everything else with an empty result. */
  private static FakeUpstream.Script listing(IntFunction<String> pages) {
    return message -> {
      if (!message.method().equals("tools/list")) {
        return FakeReply.of(FakeUpstream.result(message, "{}"));
      }
      String text = new String(message.bytes(), StandardCharsets.UTF_8);
      int from = text.indexOf("\"cursor\":\"");
      int page =
          from < 0 ? 0 : Integer.parseInt(text.substring(from + 10, text.indexOf('"', from + 10)));
      return FakeReply.of(FakeUpstream.result(message, pages.apply(page)));
    };
  }

  private static String asks(String cursor) {
    return ("{\"jsonrpc\":\"2.0\",\"id\":\"tollbar-tools\",\"method\":\"tools/list\",\"params\":{%s\"_meta\":"
            + "{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
            + "\"io.modelcontextprotocol/clientCapabilities\":{}}}}")
        .formatted(cursor);
  }

  private static MirroredHeaders amount(String said) {
    return new MirroredHeaders(
        Optional.of("tools/call"), Optional.of("pay"), Map.of("mcp-param-amount", said));
  }

  private static String call(String tool) {
    return ModernClient.request("1", "tools/call", "\"name\":\"" + tool + "\"");
  }

  private static long lookups(TestGateway gateway) {
    return gateway.upstream.forwarded().stream()
        .filter(message -> message.id().equals(Optional.of(MessageId.text("tollbar-tools"))))
        .count();
  }

  @Test
  void theFirstCallOfAToolAsksForIt() throws Exception {
    TestGateway gateway = gateway(destructiveOnly());
    gateway.upstream.answers(listing(_ -> "{\"tools\":[" + PAY + "]}"));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1), amount("5"));
    RecordingClient again = gateway.modern().send(ModernClient.pay(2), amount("5"));

    assertThat(told.text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(again.text()).isEqualTo(ModernClient.result("2", "{}"));
    assertThat(gateway.upstream.requests())
        .containsExactly(asks(""), ModernClient.pay(1), ModernClient.pay(2));
    UpstreamMessage lookup = gateway.upstream.forwarded().getFirst();
    assertThat(lookup.headers()).isEqualTo(Map.of("Mcp-Method", "tools/list"));
    assertThat(lookup.protocolRevision()).contains("2026-07-28");
    assertThat(gateway.upstream.forwarded().get(1).headers())
        .isEqualTo(Map.of("Mcp-Method", "tools/call", "Mcp-Name", "pay", "Mcp-Param-Amount", "5"));
    // The client's calls leave records, the gateway's own question does not.
    assertThat(gateway.records).hasSize(2);
  }

  @Test
  void whatTheLookupShowsIsComparedWithTheHeaders() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    gateway.upstream.answers(listing(_ -> "{\"tools\":[" + PAY + "]}"));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1), amount("6"));

    assertThat(told.status()).isEqualTo(400);
    assertThat(told.text())
        .isEqualTo(
            ModernClient.error(
                "1", -32020, "Header Mcp-Param-Amount is not the argument of the body."));
    assertThat(gateway.upstream.requests()).containsExactly(asks(""));
  }

  @Test
  void asksForPageAfterPage() throws Exception {
    TestGateway gateway = gateway(destructiveOnly());
    gateway.upstream.answers(
        listing(page ->
            page < 2
                ? "{\"tools\":[{\"name\":\"t" + page + "\"}],\"nextCursor\":\"" + (page + 1) + "\"}"
                : "{\"tools\":[" + PAY + "]}"));

    gateway.modern().send(ModernClient.pay(1), amount("5"));

    assertThat(gateway.upstream.requests())
        .containsExactly(
            asks(""), asks("\"cursor\":\"1\","), asks("\"cursor\":\"2\","), ModernClient.pay(1));
    assertThat(gateway.server.catalog().tool("t1").seen()).isTrue();
  }

  @Test
  void section616AsksForNoMoreThanAHundredPages() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    gateway.upstream.answers(
        listing(page ->
            "{\"tools\":[{\"name\":\"t" + page + "\"}],\"nextCursor\":\"" + (page + 1) + "\"}"));

    RecordingClient told = gateway.modern().send(call("never"));

    assertThat(told.text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(lookups(gateway)).isEqualTo(100);
  }

  @Test
  void namesThatAreMadeUpDoNotMakeItAskAgain() throws Exception {
    TestGateway gateway = gateway(destructiveOnly());
    gateway.upstream.answers(listing(_ -> "{\"tools\":[" + PAY + "]}"));

    for (String name : List.of("a", "b", "c", "a")) {
      RecordingClient told = gateway.modern().send(call(name));

      assertThat(told.toolText())
          .isEqualTo(
              "[POLICY DENIED] The gateway has not seen this tool in the server's own list yet;"
                  + " list the tools first.");
    }
    new ModernClient(gateway, TestGateway.DESKTOP).send(call("d"));

    assertThat(gateway.upstream.requests()).containsExactly(asks(""));
  }

  record Failure(String what, FakeUpstream.Script script) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Failure> failures() {
    return Stream.of(
        new Failure("nobody there", FakeUpstream.failing(Reason.UNREACHABLE, false)),
        new Failure("broken off", FakeUpstream.failing(Reason.BROKEN, true)),
        new Failure("an error", message -> FakeReply.of(FakeUpstream.error(message, -32601))),
        new Failure("HTML", _ -> FakeReply.of(502, "<html>")),
        new Failure("no list", message -> FakeReply.of(FakeUpstream.result(message, "{}"))),
        new Failure(
            "a list that can be read in two ways",
            message ->
                FakeReply.of(
                    FakeUpstream.result(
                        message, "{\"tools\":[{\"name\":\"pay\",\"name\":\"read\"}]}"))),
        new Failure("no answer", _ -> new UpstreamReply.Accepted()),
        new Failure("a stream without an answer", _ -> FakeReply.events()));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailedLookupLeavesTheToolUnknownAndTheCallGoesOn(Failure failure) throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    gateway.upstream.answers(message ->
        message.method().equals("tools/list")
            ? failure.script().answer(message)
            : FakeReply.of(FakeUpstream.result(message, "{}")));

    RecordingClient told = gateway.modern().send(ModernClient.pay(1), amount("6"));

    assertThat(told.text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(gateway.upstream.requests()).containsExactly(asks(""), ModernClient.pay(1));
    assertThat(gateway.server.catalog().tool("pay").seen()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aToolThatStaysUnknownIsDeniedWhereItMustBeKnown(Failure failure) throws Exception {
    TestGateway gateway = gateway(destructiveOnly());
    gateway.upstream.answers(failure.script());

    RecordingClient told = gateway.modern().send(ModernClient.pay(1));

    assertThat(told.denial().path("code").asText()).isEqualTo("default_deny");
    assertThat(gateway.upstream.requests()).containsExactly(asks(""));
  }

  @Test
  void learnsFromAStreamToo() throws Exception {
    TestGateway gateway = gateway(destructiveOnly());
    gateway.upstream.answers(message ->
        message.method().equals("tools/list")
            ? FakeReply.events(
                FakeUpstream.event(": c\n", ""),
                FakeUpstream.event("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}"),
                FakeUpstream.event(FakeUpstream.result(message, "{\"tools\":[" + PAY + "]}")))
            : FakeReply.of(FakeUpstream.result(message, "{}")));

    assertThat(gateway.modern().send(ModernClient.pay(1), amount("5")).text())
        .isEqualTo(ModernClient.result("1", "{}"));
  }

  @Test
  void keepsWhatItLearnedBeforeAPageFailed() throws Exception {
    TestGateway gateway = gateway(destructiveOnly());
    FakeUpstream.Script first = listing(_ -> "{\"tools\":[" + PAY + "],\"nextCursor\":\"1\"}");
    gateway.upstream.answers(message -> {
      if (new String(message.bytes(), StandardCharsets.UTF_8).contains("cursor")) {
        throw new UpstreamException(Reason.TIMEOUT, true, 0, "late");
      }
      return first.answer(message);
    });

    assertThat(gateway.modern().send(ModernClient.pay(1), amount("5")).text())
        .isEqualTo(ModernClient.result("1", "{}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tools/call x", "tools/list pay", " pay"})
  void nobodyIsAskedForTheSakeOfARequestThatIsRefused(String methodAndName) throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    String method = methodAndName.substring(0, methodAndName.indexOf(' '));
    String name = methodAndName.substring(method.length() + 1);

    RecordingClient told =
        gateway
            .modern()
            .send(
                ModernClient.pay(1),
                new MirroredHeaders(Optional.of(method), Optional.of(name), Map.of()));

    assertThat(told.error()).isEqualTo(-32020);
    assertThat(gateway.upstream.lines()).isZero();
  }

  @Test
  void whatAListHasShownIsNotLookedUp() throws Exception {
    TestGateway gateway = gateway(destructiveOnly());
    gateway.upstream.answers(listing(_ -> "{\"tools\":[" + PAY + "]}"));
    String list = ModernClient.request("1", "tools/list", "");

    gateway.modern().send(list);
    gateway.modern().send(ModernClient.pay(2), amount("5"));

    assertThat(gateway.upstream.requests()).containsExactly(list, ModernClient.pay(2));
  }

  @Test
  void sessionsListForThemselves() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());

    gateway.post(gateway.session(), TestGateway.pay(1));

    assertThat(gateway.upstream.requests()).containsExactly(TestGateway.pay(1));
  }
}
