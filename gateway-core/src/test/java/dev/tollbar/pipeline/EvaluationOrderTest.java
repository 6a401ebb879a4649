package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.Verdict;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import dev.tollbar.state.Approval;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policy language, section 4: decide, consent, meter, forward, settle. */
class EvaluationOrderTest {
  @TempDir private Path data;

  private final Deque<TestGateway> opened = new ArrayDeque<>();

  private TestGateway gateway(Policy policy) throws IOException {
    TestGateway gateway = TestGateway.in(data, policy);
    opened.push(gateway);
    return gateway;
  }

  @AfterEach
  void close() throws Exception {
    for (TestGateway gateway : opened) {
      gateway.close();
    }
  }

  @Test
  void forwardsTheReceivedBytesOnce() throws Exception {
    FakeRule first = FakeRule.named("first");
    FakeRule second = FakeRule.named("second");
    TestGateway gateway = gateway(TestGateway.policy(first, second));
    String body =
        "{ \"method\" : \"tools/call\", \"id\" : \"a\\u0062\", \"jsonrpc\":\"2.0\",\n"
            + "  \"params\":{\"arguments\":{\"amount\":2.50},\"name\":\"pay\",\"x\":1}}";

    RecordingClient client = gateway.post(gateway.session(), body);

    assertThat(gateway.upstream.requests()).containsExactly(body);
    assertThat(gateway.upstream.forwarded().getLast().protocolRevision()).contains("2025-11-25");
    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"ab\",\"result\":{}}");
    assertThat(first.evaluated).hasSize(1);
    assertThat(second.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
  }

  @Test
  void showsRulesTheWholeCall() throws Exception {
    FakeRule rule = FakeRule.named("rule");
    TestGateway gateway = gateway(TestGateway.policy(rule));

    gateway.post(gateway.session(), TestGateway.pay(1, "{\"amount\":0.10}"));

    Call call = rule.evaluated.getFirst();
    assertThat(call.grant()).isEqualTo("laptop");
    assertThat(call.labels()).isEqualTo(Map.of("team", "finance"));
    assertThat(call.server()).isEqualTo("tickets");
    assertThat(call.policy()).isEqualTo("p");
    assertThat(call.session()).isPresent();
    assertThat(call.protocolRevision()).isEqualTo("2025-11-25");
    assertThat(call.method()).isEqualTo("tools/call");
    assertThat(call.tool().name()).isEqualTo("pay");
    assertThat(call.tool().seen()).isFalse();
    assertThat(call.arguments().path("amount").decimalValue()).isEqualTo("0.10");
    assertThat(call.time()).isEqualTo(gateway.clock.instant());
  }

  @Test
  void theFirstDenialEndsTheCall() throws Exception {
    FakeRule first = FakeRule.named("first");
    FakeRule second = FakeRule.named("second").denies("Too large.");
    FakeRule third = FakeRule.named("third");
    TestGateway gateway = gateway(TestGateway.policy(first, second, third));

    RecordingClient client = gateway.post(gateway.session(), TestGateway.pay(1));

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":"
                + "\"[POLICY DENIED] Too large.\"}],\"isError\":true,\"_meta\":{"
                + "\"dev.tollbar/denial\":{\"code\":\"rule\",\"rule\":\"/policies/p/tools/pay/second\","
                + "\"final\":true,\"retryAfterMs\":0}}}}");
    assertThat(third.evaluated).isEmpty();
    assertThat(first.reserved).isEmpty();
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void theDocumentsTextReplacesTheRules() throws Exception {
    FakeRule rule = FakeRule.named("rule").denies("amount: 5 > 3").says("Ask finance.");
    TestGateway gateway = gateway(TestGateway.policy(rule));

    RecordingClient client = gateway.post(gateway.session(), TestGateway.pay(1));

    assertThat(client.toolText()).isEqualTo("[POLICY DENIED] Ask finance.");
  }

  @Test
  void aLimitThatIsReachedDeniesBeforeAPersonIsAsked() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    FakeRule limit =
        FakeRule.named("limit")
            .evaluates(_ -> Verdict.overLimit("60 a minute.", Duration.ofSeconds(7), "0 of 60"));
    TestGateway gateway = gateway(TestGateway.policy(asking, limit));

    RecordingClient client = gateway.post(gateway.session(), TestGateway.pay(1));

    JsonNode denial = client.denial();
    assertThat(denial.path("code").asText()).isEqualTo("limit");
    assertThat(denial.path("final").asBoolean(true)).isFalse();
    assertThat(denial.path("retryAfterMs").asLong()).isEqualTo(7_000);
    assertThat(denial.path("remaining").asText()).isEqualTo("0 of 60");
    assertThat(gateway.state.approvals().list(gateway.clock.instant())).isEmpty();
  }

  @Test
  void whoComesBackWhenToldDoesNotComeTooEarly() throws Exception {
    FakeRule limit =
        FakeRule.named("limit")
            .evaluates(_ -> Verdict.overLimit("60 a minute.", Duration.ofNanos(7_000_001), "0"));
    TestGateway gateway = gateway(TestGateway.policy(limit));

    RecordingClient client = gateway.post(gateway.session(), TestGateway.pay(1));

    assertThat(client.denial().path("retryAfterMs").asLong()).isEqualTo(8);
  }

  @Test
  void aCallThatNoLimitWillEverAdmitNeedNotComeBack() throws Exception {
    Verdict.Deny never =
        new Verdict.Deny(
            Verdict.Code.LIMIT, "Too much.", false, Optional.empty(), Optional.of("5"));
    FakeRule limit = FakeRule.named("limit").evaluates(_ -> never);
    TestGateway gateway = gateway(TestGateway.policy(limit));

    JsonNode denial = gateway.post(gateway.session(), TestGateway.pay(1)).denial();

    assertThat(denial.path("code").asText()).isEqualTo("limit");
    assertThat(denial.path("final").asBoolean()).isTrue();
    assertThat(denial.path("retryAfterMs").asLong()).isZero();
    assertThat(denial.path("remaining").asText()).isEqualTo("5");
  }

  @Test
  void takesFromAllLimitsOrFromNone() throws Exception {
    FakeRule first = FakeRule.named("first");
    FakeRule second = FakeRule.named("second").refuses("60 a minute.");
    FakeRule third = FakeRule.named("third");
    TestGateway gateway = gateway(TestGateway.policy(first, second, third));

    RecordingClient client = gateway.post(gateway.session(), TestGateway.pay(1));

    assertThat(client.denial().path("rule").asText()).isEqualTo("/policies/p/tools/pay/second");
    assertThat(client.denial().path("retryAfterMs").asLong()).isEqualTo(7_000);
    assertThat(first.settled).containsExactly(new Outcome.NotDelivered());
    assertThat(third.reserved).isEmpty();
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void aPersonIsAskedBeforeAnythingIsTaken() throws Exception {
    FakeRule limit = FakeRule.named("limit");
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    TestGateway gateway = gateway(TestGateway.policy(limit, asking));
    Knock session = gateway.session();

    RecordingClient pending = gateway.post(session, TestGateway.pay(1));
    assertThat(pending.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(pending.toolText()).startsWith("[POLICY DENIED] Approval pending: ap_");
    assertThat(limit.reserved).isEmpty();
    assertThat(gateway.records.getFirst().approvals()).hasSize(1);

    gateway.people(true);
    RecordingClient permitted = gateway.post(session, TestGateway.pay(2));
    assertThat(permitted.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}");
    assertThat(limit.settled).containsExactly(new Outcome.Answered(false, Optional.empty()));
    assertThat(gateway.approval()).isEqualTo(Approval.Status.USED);
    assertThat(gateway.records.get(1).approvals()).isEqualTo(gateway.records.get(0).approvals());

    RecordingClient again = gateway.post(session, TestGateway.pay(3));
    assertThat(again.denial().path("code").asText()).isEqualTo("approval_pending");
  }

  @Test
  void anApprovalIsForThisCallOnly() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    TestGateway gateway = gateway(TestGateway.policy(asking));
    Knock session = gateway.session();
    gateway.post(session, TestGateway.pay(1, "{\"amount\":5}"));
    gateway.people(true);

    RecordingClient other = gateway.post(session, TestGateway.pay(2, "{\"amount\":6}"));

    assertThat(other.denial().path("code").asText()).isEqualTo("approval_pending");
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void aPersonCanDeny() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    TestGateway gateway = gateway(TestGateway.policy(asking));
    Knock session = gateway.session();
    gateway.post(session, TestGateway.pay(1));
    gateway.people(false);

    RecordingClient client = gateway.post(session, TestGateway.pay(2));

    assertThat(client.toolText())
        .isEqualTo("[POLICY DENIED] A person has denied this call: Not today.");
    assertThat(client.denial().path("code").asText()).isEqualTo("approval_denied");
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void givesTheApprovalBackWhenTheMeterRefuses() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    FakeRule limit = FakeRule.named("limit").refuses("60 a minute.");
    TestGateway gateway = gateway(TestGateway.policy(asking, limit));
    Knock session = gateway.session();
    gateway.post(session, TestGateway.pay(1));
    gateway.people(true);

    RecordingClient client = gateway.post(session, TestGateway.pay(2));

    assertThat(client.denial().path("code").asText()).isEqualTo("limit");
    assertThat(gateway.approval()).isEqualTo(Approval.Status.APPROVED);
  }

  @Test
  void givesTheApprovalBackOnlyIfTheCallWasNotDelivered() throws Exception {
    FakeRule asking = FakeRule.named("asking").asks("Large.");
    TestGateway gateway = gateway(TestGateway.policy(asking));
    Knock session = gateway.session();
    gateway.post(session, TestGateway.pay(1));
    gateway.people(true);

    gateway.upstream.fails(Reason.UNREACHABLE, false);
    gateway.post(session, TestGateway.pay(2));
    assertThat(gateway.approval()).isEqualTo(Approval.Status.APPROVED);

    gateway.upstream.fails(Reason.TIMEOUT, true);
    gateway.post(session, TestGateway.pay(3));
    assertThat(gateway.approval()).isEqualTo(Approval.Status.USED);
  }

  @Test
  void shadowRulesAreRecordedAndNeverActedOn() throws Exception {
    FakeRule denying = FakeRule.shadow("denying").denies("No.");
    FakeRule asking = FakeRule.shadow("asking").asks("Large.");
    FakeRule refusing = FakeRule.shadow("refusing").refuses("60 a minute.");
    FakeRule judging = FakeRule.shadow("judging").judges((_, _) -> Verdict.deny("No."));
    FakeRule real = FakeRule.named("real");
    TestGateway gateway = gateway(TestGateway.policy(denying, asking, refusing, judging, real));

    RecordingClient client = gateway.post(gateway.session(), TestGateway.pay(1));

    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    assertThat(gateway.state.approvals().list(gateway.clock.instant())).isEmpty();
    assertThat(real.settled).hasSize(1);
    DecisionRecord record = gateway.records.getFirst();
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.PERMIT);
    assertThat(record.trace())
        .filteredOn(DecisionRecord.RuleTrace::shadow)
        .extracting(said -> said.rule() + " " + said.verdict())
        .contains(
            "/policies/p/tools/pay/denying deny",
            "/policies/p/tools/pay/asking ask",
            "/policies/p/tools/pay/refusing deny",
            "/policies/p/tools/pay/judging deny");
  }

  @Test
  void deniesWhatNoPolicyPermits() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    Knock bare = gateway.session(TestGateway.BARE);

    RecordingClient client = gateway.post(bare, TestGateway.pay(1));

    assertThat(client.toolText())
        .isEqualTo("[POLICY DENIED] No policy permits calls to this server.");
    assertThat(client.denial().path("code").asText()).isEqualTo("no_policy");
    assertThat(client.denial().path("rule").asText()).isEqualTo("(no policy)");
    assertThat(client.denial().path("final").asBoolean()).isTrue();
  }

  @Test
  void withoutAPolicyNoOtherRequestPassesEither() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    Knock bare = gateway.session(TestGateway.BARE);
    Map<String, String> requests =
        Map.of(
            "prompts/get", "{\"name\":\"x\"}",
            "resources/read", "{\"uri\":\"file:///x\"}",
            "completion/complete", "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"x\"}}",
            "logging/setLevel", "{\"level\":\"debug\"}",
            "tasks/get", "{\"taskId\":\"x\"}",
            "tasks/result", "{\"taskId\":\"x\"}",
            "tasks/list", "{}");

    requests.forEach((method, params) -> {
      RecordingClient client = gateway.post(bare, TestGateway.request(1, method, params));
      assertThat(client.error()).as(method).isEqualTo(-31010);
      assertThat(client.json().path("error").path("message").asText())
          .as(method)
          .isEqualTo("[POLICY DENIED] No policy permits calls to this server.");
      JsonNode denial = client.json().path("error").path("data").path("dev.tollbar/denial");
      assertThat(denial.path("code").asText()).as(method).isEqualTo("no_policy");
    });
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void deniesWhatIsHidden() throws Exception {
    TestGateway gateway =
        gateway(TestGateway.policy(false, List.of(new Selector.Exact("pay")), List.of()));

    RecordingClient client = gateway.post(gateway.session(), TestGateway.pay(1));

    assertThat(client.toolText()).isEqualTo("[POLICY DENIED] This tool is not available.");
    assertThat(client.denial().path("code").asText()).isEqualTo("hidden");
    assertThat(client.denial().path("rule").asText()).isEqualTo("(hidden)");
  }

  @Test
  void deniesWhatIsNotListed() throws Exception {
    TestGateway gateway = gateway(TestGateway.policy(true, List.of(), List.of()));
    Knock session = gateway.session();

    RecordingClient other =
        gateway.post(session, TestGateway.request(1, "tools/call", "{\"name\":\"delete\"}"));

    assertThat(other.toolText()).isEqualTo("[POLICY DENIED] The policy does not permit this tool.");
    assertThat(other.denial().path("code").asText()).isEqualTo("default_deny");
    assertThat(other.denial().path("rule").asText()).isEqualTo("(default deny)");
    assertThat(gateway.upstream.requests()).isEmpty();
    assertThat(gateway.post(session, TestGateway.pay(2)).text()).contains("\"result\":{}");
  }

  @Test
  void toolsBySelectorAreDeniedUntilTheyWereSeen() throws Exception {
    SectionRules rules =
        new SectionRules(
            true,
            List.of(),
            List.of(),
            List.of(new SectionRules.Entry(new Selector.Category("read"), List.of())));
    TestGateway gateway = gateway(new Policy("p", false, Map.of(Section.TOOLS, rules), List.of()));
    Knock session = gateway.session();

    RecordingClient before = gateway.post(session, TestGateway.pay(1));
    assertThat(before.toolText())
        .isEqualTo(
            "[POLICY DENIED] The gateway has not seen this tool in the server's own list yet;"
                + " list the tools first.");

    gateway.upstream.answersResult(
        "{\"tools\":[{\"name\":\"pay\",\"annotations\":{\"readOnlyHint\":true}}]}");
    gateway.post(session, TestGateway.request(2, "tools/list", "{}"));
    gateway.upstream.answersResult("{}");
    assertThat(gateway.post(session, TestGateway.pay(3)).text()).contains("\"result\":{}");
  }

  @Test
  void aResultRuleReplacesTheResult() throws Exception {
    FakeRule judging =
        FakeRule.named("judging")
            .judges((_, result) ->
                result.path("balance").decimalValue().signum() > 0
                    ? Verdict.deny("Not for you.")
                    : Verdict.permit());
    TestGateway gateway = gateway(TestGateway.policy(judging));
    Knock session = gateway.session();
    String denied = "[POLICY DENIED] Not for you.";

    gateway.upstream.answersResult("{\"balance\":0.0,\"kept\":1.50}");
    assertThat(gateway.post(session, TestGateway.pay(1)).text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"balance\":0.0,\"kept\":1.50}}");

    gateway.upstream.answersResult("{\"balance\":7}");
    RecordingClient single = gateway.post(session, TestGateway.pay(2));
    assertThat(single.toolText()).isEqualTo(denied);
    assertThat(single.text()).doesNotContain("balance");

    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(
                ": hello\nid: 7\n", FakeUpstream.result(message, "{\"balance\":7}"))));
    RecordingClient stream = gateway.post(session, TestGateway.pay(3));
    assertThat(stream.said()).hasSize(1);
    assertThat(stream.said().getFirst()).startsWith(": hello\nid: 7\n").doesNotContain("balance");
    assertThat(stream.lastMessage().path("result").path("content").path(0).path("text").asText())
        .isEqualTo(denied);
    assertThat(stream.complete()).isTrue();

    assertThat(judging.settled).hasSize(3).allMatch(Outcome.Answered.class::isInstance);
    assertThat(((Outcome.Answered) judging.settled.get(1)).result()).isPresent();
    DecisionRecord record = gateway.records.get(1);
    assertThat(record.decision()).isEqualTo(DecisionRecord.Decision.DENY);
    assertThat(record.rule()).contains("/policies/p/tools/pay/judging");
    assertThat(record.plugin()).contains("fake@1");
  }

  @Test
  void otherThanToolsAreDeniedByAnError() throws Exception {
    SectionRules none = new SectionRules(true, List.of(), List.of(), List.of());
    TestGateway gateway =
        gateway(
            new Policy(
                "p", false, Map.of(Section.PROMPTS, none, Section.RESOURCES, none), List.of()));
    Knock session = gateway.session();

    RecordingClient prompt =
        gateway.post(session, TestGateway.request(1, "prompts/get", "{\"name\":\"x\"}"));
    RecordingClient resource =
        gateway.post(
            session, TestGateway.request(2, "resources/subscribe", "{\"uri\":\"file:///x\"}"));

    assertThat(prompt.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-31010,\"message\":"
                + "\"[POLICY DENIED] The policy does not permit this prompt.\",\"data\":{"
                + "\"dev.tollbar/denial\":{\"code\":\"default_deny\",\"rule\":\"(default deny)\","
                + "\"final\":true,\"retryAfterMs\":0}}}}");
    assertThat(resource.json().path("error").path("message").asText())
        .isEqualTo("[POLICY DENIED] The policy does not permit this resource.");
    assertThat(gateway.upstream.requests()).isEmpty();
  }
}
