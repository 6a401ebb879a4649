package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Call;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy at every door of 2026-07-28, for requests that belong to no session. */
class ModernDecisionTest {
  @TempDir private Path data;

  private final Deque<TestGateway> opened = new ArrayDeque<>();

  @AfterEach
  void close() {
    opened.forEach(TestGateway::close);
  }

  private TestGateway gateway(Policy policy) throws IOException {
    TestGateway gateway = TestGateway.in(data, policy);
    opened.push(gateway);
    gateway.knows("pay", "{}");
    gateway.knows("drop_all", "{}");
    return gateway;
  }

  /** Hides in every section what begins with {@code drop}. */
  private static Policy hiding() {
    SectionRules rules =
        new SectionRules(
            false, List.of(Selector.of("drop*", Section.TOOLS, true)), List.of(), List.of());
    return Policies.everywhere(rules);
  }

  record Door(String method, String params, String noun) {
    @Override
    public String toString() {
      return method + " " + params;
    }

    Door about(String name) {
      return new Door(method, params.replace("drop_all", name), noun);
    }

    String request(String id) {
      return ModernClient.request(id, method, params, ModernClient.TASKS);
    }
  }

  static Stream<Door> doors() {
    return Stream.of(
        new Door("prompts/get", "\"name\":\"drop_all\"", "prompt"),
        new Door("resources/read", "\"uri\":\"drop_all\"", "resource"),
        new Door(
            "completion/complete",
            "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"drop_all\"},"
                + "\"argument\":{\"name\":\"a\",\"value\":\"\"}",
            "prompt"),
        new Door(
            "completion/complete",
            "\"ref\":{\"type\":\"ref/resource\",\"uri\":\"drop_all\"},"
                + "\"argument\":{\"name\":\"a\",\"value\":\"\"}",
            "resource"),
        new Door(
            "subscriptions/listen",
            "\"notifications\":{\"resourceSubscriptions\":[\"drop_all\"]}",
            "resource"),
        new Door(
            "subscriptions/listen",
            "\"notifications\":{\"toolsListChanged\":true,"
                + "\"resourceSubscriptions\":[\"free\",\"drop_all\",\"free\"]}",
            "resource"));
  }

  private static String denied(String id, String reason, String code, String rule) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-31010,\"message\":\"[POLICY DENIED] %s\",\"data\":{\"dev.tollbar/denial\":{\"code\":\"%s\",\"rule\":\"%s\",\"final\":true,\"retryAfterMs\":0}}}}"
        .formatted(id, reason, code, rule);
  }

  private static String deniedTool(String id, String reason, String code, String rule) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"[POLICY DENIED] %s\"}],\"isError\":true,\"resultType\":\"complete\",\"_meta\":{\"dev.tollbar/denial\":{\"code\":\"%s\",\"rule\":\"%s\",\"final\":true,\"retryAfterMs\":0}}}}"
        .formatted(id, reason, code, rule);
  }

  /** Denied with status 200, recorded once, nothing sent, and the gateway goes on. */
  private static void assertDenied(
      TestGateway gateway, RecordingClient told, String text, String code) {
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(text);
    assertThat(gateway.records).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
    assertThat(record.code()).contains(code);
    assertThat(gateway.upstream.texts()).isEmpty();
    String discover = ModernClient.request("99", "server/discover", "");
    assertThat(gateway.modern().send(discover).text()).isEqualTo(ModernClient.result("99", "{}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"1\"", "123456789012345678901234567890"})
  void section52DeniesAHiddenToolThatIsCalledDirectly(String id) throws Exception {
    TestGateway gateway = gateway(hiding());

    RecordingClient told =
        gateway.modern().send(ModernClient.request(id, "tools/call", "\"name\":\"drop_all\""));

    assertDenied(
        gateway,
        told,
        deniedTool(id, "This tool is not available.", "hidden", "(hidden)"),
        "hidden");
  }

  @ParameterizedTest
  @MethodSource("doors")
  void deniesWhatIsHidden(Door door) throws Exception {
    TestGateway gateway = gateway(hiding());

    RecordingClient told = gateway.modern().send(door.request("\"7\""));

    assertDenied(
        gateway,
        told,
        denied("\"7\"", "This " + door.noun() + " is not available.", "hidden", "(hidden)"),
        "hidden");
  }

  @ParameterizedTest
  @MethodSource("doors")
  void passesWhatIsNotHidden(Door door) throws Exception {
    TestGateway gateway = gateway(hiding());
    String request = door.about("free").request("7");

    assertThat(gateway.modern().send(request).text()).isEqualTo(ModernClient.result("7", "{}"));
    assertThat(gateway.upstream.requests()).containsExactly(request);
  }

  @ParameterizedTest
  @MethodSource("doors")
  void deniesWhatIsNotListed(Door door) throws Exception {
    TestGateway gateway =
        gateway(Policies.everywhere(new SectionRules(true, List.of(), List.of(), List.of())));

    RecordingClient told = gateway.modern().send(door.request("7"));

    assertDenied(
        gateway,
        told,
        denied(
            "7",
            "The policy does not permit this " + door.noun() + ".",
            "default_deny",
            "(default deny)"),
        "default_deny");
  }

  @ParameterizedTest
  @MethodSource("doors")
  void deniesWhatARuleDenies(Door door) throws Exception {
    FakeRule rule = FakeRule.named("rule").denies("Not on Mondays.");
    TestGateway gateway = gateway(Policies.everywhere(rule));

    RecordingClient told = gateway.modern().send(door.request("7"));

    assertDenied(
        gateway,
        told,
        denied("7", "Not on Mondays.", "rule", "/policies/p/tools/pay/rule"),
        "rule");
    assertThat(rule.reserved).isEmpty();
  }

  @Test
  void deniesAToolCallThatARuleDenies() throws Exception {
    FakeRule rule = FakeRule.named("rule").denies("Not on Mondays.");
    TestGateway gateway = gateway(Policies.everywhere(rule));

    RecordingClient told = gateway.modern().send(ModernClient.pay(7));

    assertDenied(
        gateway,
        told,
        deniedTool("7", "Not on Mondays.", "rule", "/policies/p/tools/pay/rule"),
        "rule");
  }

  @Test
  void showsRulesTheWholeCall() throws Exception {
    FakeRule rule = FakeRule.named("rule");
    TestGateway gateway = gateway(Policies.everywhere(rule));

    gateway.modern().send(ModernClient.pay(7));

    Call call = rule.evaluated.getFirst();
    assertThat(call.grant()).isEqualTo("laptop");
    assertThat(call.labels()).isEqualTo(Map.of("team", "finance"));
    assertThat(call.server()).isEqualTo("tickets");
    assertThat(call.session()).isEmpty();
    assertThat(call.protocolRevision()).isEqualTo("2026-07-28");
    assertThat(call.method()).isEqualTo("tools/call");
    assertThat(call.tool().name()).isEqualTo("pay");
    assertThat(call.tool().seen()).isTrue();
    assertThat(call.arguments()).hasToString("{\"amount\":5}");
    assertThat(call.continued()).isFalse();
  }

  @Test
  void judgesEveryResourceThatAClientListensTo() throws Exception {
    FakeRule rule = FakeRule.named("rule");
    TestGateway gateway = gateway(Policies.everywhere(rule));

    gateway
        .modern()
        .send(
            ModernClient.request(
                "1",
                "subscriptions/listen",
                "\"notifications\":{\"resourceSubscriptions\":[\"a:1\",\"a:2\"]}"));

    assertThat(rule.evaluated).extracting(call -> call.tool().name()).containsExactly("a:1", "a:2");
    assertThat(gateway.upstream.requests()).hasSize(1);
  }

  @Test
  void asksAPersonBeforeAClientListensToAResource() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    TestGateway gateway = gateway(Policies.everywhere(asking));
    String one =
        ModernClient.request(
            "1", "subscriptions/listen", "\"notifications\":{\"resourceSubscriptions\":[\"a:1\"]}");

    RecordingClient pending = gateway.modern().send(one);

    assertThat(pending.json().path("error").path("data").path("dev.tollbar/denial").path("code"))
        .hasToString("\"approval_pending\"");
    assertThat(gateway.upstream.texts()).isEmpty();
    gateway.people(true);
    assertThat(gateway.modern().send(one).text()).isEqualTo(ModernClient.result("1", "{}"));
    assertThat(gateway.upstream.requests()).containsExactly(one);
    assertThat(asking.settled).hasSize(1);
  }

  @Test
  void asksNobodyAboutManyResourcesAtOnce() throws Exception {
    TestGateway gateway = gateway(Policies.everywhere(FakeRule.named("asking").asks("Large.")));

    RecordingClient told =
        gateway
            .modern()
            .send(
                ModernClient.request(
                    "1",
                    "subscriptions/listen",
                    "\"notifications\":{\"resourceSubscriptions\":[\"a:1\",\"a:2\"]}"));

    assertDenied(
        gateway,
        told,
        denied(
            "1",
            "A person must approve listening to one of these resources; listen to it alone.",
            "rule",
            "/policies/p/tools/pay/asking"),
        "rule");
    assertThat(gateway.state.approvals().list(gateway.clock.instant())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("doors")
  void deniesEverythingWithoutAPolicy(Door door) throws Exception {
    TestGateway gateway = gateway(TestGateway.open());

    RecordingClient told = new ModernClient(gateway, TestGateway.BARE).send(door.request("7"));

    assertDenied(
        gateway,
        told,
        denied("7", "No policy permits calls to this server.", "no_policy", "(no policy)"),
        "no_policy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "subscriptions/listen | \"notifications\":{\"toolsListChanged\":true}",
        "tasks/get | \"taskId\":\"t\"",
        "tasks/update | \"taskId\":\"t\",\"inputResponses\":{}",
        "tasks/cancel | \"taskId\":\"t\"",
      })
  void deniesWhatNoRuleIsAboutWithoutAPolicy(String method, String params) throws Exception {
    TestGateway gateway = gateway(TestGateway.open());

    RecordingClient told =
        new ModernClient(gateway, TestGateway.BARE)
            .send(ModernClient.request("7", method, params, ModernClient.TASKS));

    assertDenied(
        gateway,
        told,
        denied("7", "No policy permits calls to this server.", "no_policy", "(no policy)"),
        "no_policy");
  }

  @Test
  void deniesToolsWithoutAPolicy() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());

    RecordingClient told = new ModernClient(gateway, TestGateway.BARE).send(ModernClient.pay(7));

    assertDenied(
        gateway,
        told,
        deniedTool("7", "No policy permits calls to this server.", "no_policy", "(no policy)"),
        "no_policy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tools/call | \"name\":5 | Member \\\"params.name\\\" must be a string of 1 to 256 characters.",
        "tools/call | \"name\":\"pay\",\"arguments\":[] | Member \\\"params.arguments\\\" must be an object.",
        "prompts/get | \"x\":1 | Member \\\"params.name\\\" must be a string of 1 to 256 characters.",
        "resources/read | \"uri\":\"\" | Member \\\"params.uri\\\" must be a string of 1 to 8192 characters.",
        "completion/complete | \"ref\":{\"type\":\"ref/tool\",\"name\":\"pay\"} | Member \\\"params.ref\\\" must be a prompt reference with a \\\"name\\\" or a resource reference with a \\\"uri\\\".",
        "subscriptions/listen | \"notifications\":[] | Member \\\"params.notifications\\\" must be an object, and its \\\"resourceSubscriptions\\\" a list of at most 1000 URIs.",
        "subscriptions/listen | \"notifications\":{\"resourceSubscriptions\":\"a\"} | Member \\\"params.notifications\\\" must be an object, and its \\\"resourceSubscriptions\\\" a list of at most 1000 URIs.",
        "subscriptions/listen | \"notifications\":{\"resourceSubscriptions\":[\"a\",null]} | Member \\\"params.notifications\\\" must be an object, and its \\\"resourceSubscriptions\\\" a list of at most 1000 URIs.",
        "tasks/get | \"taskId\":{} | Member \\\"params.taskId\\\" must be a string of 1 to 256 characters.",
      })
  void refusesParamsThatDoNotSayWhatTheyAreAbout(String method, String params, String text)
      throws Exception {
    TestGateway gateway = gateway(TestGateway.open());

    RecordingClient told =
        gateway.modern().send(ModernClient.request("\"9\"", method, params, ModernClient.TASKS));

    assertDenied(gateway, told, ModernClient.error("\"9\"", -32602, text), "malformed");
  }
}
