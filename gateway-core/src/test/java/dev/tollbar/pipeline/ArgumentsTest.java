package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.policy.ArgumentValidation;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arguments are checked by the tool's own schema before any rule. */
class ArgumentsTest {
  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"amount\":{\"type\":\"number\"}},"
          + "\"required\":[\"amount\"]}";

  @TempDir private Path data;

  private final Deque<TestGateway> opened = new ArrayDeque<>();
  private final FakeRule rule = FakeRule.named("rule");

  private TestGateway gateway(Policy policy, ArgumentValidation validation) throws Exception {
    TestGateway gateway = TestGateway.in(data, policy.validating(validation));
    opened.push(gateway);
    return gateway;
  }

  private TestGateway gateway(ArgumentValidation validation) throws Exception {
    return gateway(TestGateway.policy(rule), validation);
  }

  @AfterEach
  void close() {
    opened.forEach(TestGateway::close);
  }

  private static RecordingClient pay(TestGateway gateway, String arguments) throws Exception {
    return gateway.post(gateway.session(), TestGateway.pay(1, arguments));
  }

  @Test
  void deniesWhatTheToolDoesNotTakeBeforeAnyRule() throws Exception {
    TestGateway gateway = gateway(ArgumentValidation.WHERE_KNOWN);
    gateway.knows("pay", SCHEMA);

    RecordingClient client = pay(gateway, "{\"amount\":\"5\"}");

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":"
                + "\"[POLICY DENIED] The arguments do not fit the tool's input schema:"
                + " args.amount must be a number, but is a string.\"}],\"isError\":true,\"_meta\":{"
                + "\"dev.tollbar/denial\":{\"code\":\"rule\",\"rule\":\"(input schema)\","
                + "\"final\":true,\"retryAfterMs\":0}}}}");
    assertThat(rule.evaluated).isEmpty();
    assertThat(gateway.upstream.requests()).isEmpty();
    DecisionRecord record = gateway.records.getLast();
    assertThat(record.code()).contains("rule");
    assertThat(record.rule()).contains("(input schema)");
    assertThat(record.rulePointer()).isEmpty();
    assertThat(record.reason())
        .contains(
            "The arguments do not fit the tool's input schema:"
                + " args.amount must be a number, but is a string.");
  }

  @Test
  void forwardsWhatFits() throws Exception {
    TestGateway gateway = gateway(ArgumentValidation.ALWAYS);
    gateway.knows("pay", SCHEMA);

    pay(gateway, "{\"amount\":5}");

    assertThat(rule.evaluated).hasSize(1);
    assertThat(gateway.upstream.requests()).hasSize(1);
  }

  @Test
  void asksTheRulesAloneWhereTheToolWasNotSeen() throws Exception {
    TestGateway gateway = gateway(ArgumentValidation.WHERE_KNOWN);

    pay(gateway, "{\"amount\":\"5\"}");

    assertThat(gateway.upstream.requests()).hasSize(1);
  }

  @Test
  void deniesWhatCannotBeCheckedIfThePolicyInsists() throws Exception {
    TestGateway gateway = gateway(ArgumentValidation.ALWAYS);

    assertThat(pay(gateway, "{}").toolText())
        .isEqualTo(
            "[POLICY DENIED] The gateway has not seen this tool in the server's own list yet;"
                + " list the tools first.");

    gateway.knows("pay", "{\"$ref\":\"https://example.com/x.json\"}");

    assertThat(pay(gateway, "{}").toolText())
        .isEqualTo("[POLICY DENIED] The tool's input schema cannot be used.");
    assertThat(gateway.records.getLast().code()).contains("rule_error");
    assertThat(gateway.upstream.requests()).isEmpty();
  }

  @Test
  void checksNothingWhereThePolicyDoesNotWantIt() throws Exception {
    TestGateway gateway = gateway(ArgumentValidation.NEVER);
    gateway.knows("pay", SCHEMA);

    pay(gateway, "{\"amount\":\"5\"}");

    assertThat(gateway.upstream.requests()).hasSize(1);
  }

  @Test
  void recordsWhatAPolicyInShadowWouldHaveDenied() throws Exception {
    Policy shadow =
        new Policy(
            "p",
            true,
            Map.of(Section.TOOLS, new SectionRules(false, List.of(), List.of(), List.of())),
            List.of());
    TestGateway gateway = gateway(shadow, ArgumentValidation.WHERE_KNOWN);
    gateway.knows("pay", SCHEMA);

    pay(gateway, "{}");

    assertThat(gateway.upstream.requests()).hasSize(1);
    assertThat(gateway.records.getLast().trace())
        .singleElement()
        .isEqualTo(
            new DecisionRecord.RuleTrace(
                "(input schema)",
                Optional.empty(),
                "(input schema)",
                "",
                "deny",
                Optional.of(
                    "The arguments do not fit the tool's input schema: args.amount is missing."),
                true));
  }
}
