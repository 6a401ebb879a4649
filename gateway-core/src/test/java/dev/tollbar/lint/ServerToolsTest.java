package dev.tollbar.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.tollbar.api.Tool;
import dev.tollbar.document.Outline;
import dev.tollbar.lint.ServerTools.Listed;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerToolsTest {
  @TempDir Path folder = Path.of("");

  private static final Listed PAY =
      listed(
          "pay",
          Map.of("destructiveHint", BooleanNode.TRUE),
          """
          {"type":"object","properties":{
            "amount":{"type":"number"},
            "to":{"type":"object","properties":{"iban":{}}},
            "items":{"type":"array","items":{"type":"object","properties":{"price":{}}}},
            "open":{"type":"object","properties":{"x":{}},"additionalProperties":true},
            "other":{"$ref":"#/$defs/other"}}}
          """);
  private static final Listed LOOK =
      listed("look", Map.of("readOnlyHint", BooleanNode.TRUE), "{\"type\":\"object\"}");

  private static Listed listed(String name, Map<String, JsonNode> annotations, String schema) {
    boolean destructive = annotations.containsKey("destructiveHint");
    boolean reads = annotations.containsKey("readOnlyHint");
    Optional<String> category =
        destructive
            ? Optional.of("destructive")
            : reads ? Optional.of("read") : Optional.<String>empty();
    try {
      return new Listed(
          new Tool(name, category, annotations, true), new ObjectMapper().readTree(schema));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> findings(String policy, ServerTools tools) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("gateway.yaml"),
            "version: \"2\"\nservers: {bank: {transport: {stdio: {command: bank}}}}\npolicies:\n  p:\n"
                + policy.indent(4));
    return Linter.review(Outline.of(file).orElseThrow(), tools).stream()
        .map(Finding::toString)
        .toList();
  }

  private static ServerTools bank(Listed... tools) {
    return new ServerTools(
        Map.of("bank", List.of(tools)), Map.of(), Map.of("p", Set.of("bank")), Map.of());
  }

  @Test
  void findsToolsThatTheServerDoesNotHave() throws IOException {
    assertThat(
            findings(
                """
                default: deny
                hide: [lok, "@unlisted"]
                tools: {pya: {}, get_*: {}, "@category:write": {}, pay: {}, look: {}}
                record_values: {refund: [args]}
                """,
                bank(PAY, LOOK)))
        .containsExactly(
            "6:12 /policies/p/hide/0: the server \"bank\" has no tool \"lok\". Did you mean"
                + " \"look\"? [unknown-tool]",
            "7:18 /policies/p/tools/pya: the server \"bank\" has no tool \"pya\". Did you mean"
                + " \"pay\"? [unknown-tool]",
            "7:29 /policies/p/tools/get_*: the server \"bank\" has no tool that \"get_*\" is for"
                + " [unknown-tool]",
            "7:52 /policies/p/tools/@category:write: the server \"bank\" has no tool that"
                + " \"@category:write\" is for [unknown-tool]",
            "8:29 /policies/p/record_values/refund: the server \"bank\" has no tool \"refund\""
                + " [unknown-tool]");
  }

  @Test
  void findsArgumentsThatTheToolDoesNotHave() throws IOException {
    String has = ": the tool \"pay\" has no ";
    assertThat(
            findings(
                """
                default: deny
                tools:
                  pay:
                    require:
                      conditions:
                        - {path: args.amuont, op: gt, value: 0}
                        - any: [{path: "args.items[*].prize", op: gt, value: 0}]
                        - not: {path: 'args["to"].bic', op: exists, value: true}
                        - {path: "args.items[0].price", op: gt, value: 0}
                        - {path: args.open.y, op: exists, value: true}
                        - {path: args.other.y, op: exists, value: true}
                    approval: {when: [{path: args.sum, op: gt, value: 1}]}
                    limits:
                      amount: args.cost
                      max: 1
                      window: day
                      scope: [grant, args.who]
                      refund_on: [{path: args.pale, op: eq, value: x}]
                record_values: {pay: [args.amount, args.note]}
                """,
                bank(PAY, LOOK)))
        .containsExactly(
            "10:22 /policies/p/tools/pay/require/conditions/0/path"
                + has
                + "args.amuont. Did you mean \"amount\"? [unknown-argument]",
            "11:28 /policies/p/tools/pay/require/conditions/1/any/0/path"
                + has
                + "args.items[*].prize. Did you mean \"price\"? [unknown-argument]",
            "12:27 /policies/p/tools/pay/require/conditions/2/not/path"
                + has
                + "args[\"to\"].bic [unknown-argument]",
            "16:34 /policies/p/tools/pay/approval/when/0/path"
                + has
                + "args.sum [unknown-argument]",
            "18:19 /policies/p/tools/pay/limits/amount" + has + "args.cost [unknown-argument]",
            "21:26 /policies/p/tools/pay/limits/scope/1" + has + "args.who [unknown-argument]",
            "22:30 /policies/p/tools/pay/limits/refund_on/0/path"
                + has
                + "args.pale [unknown-argument]",
            "23:40 /policies/p/record_values/pay/1" + has + "args.note [unknown-argument]");
  }

  @Test
  void anEntryForSeveralToolsMayLookAtWhatOneOfThemHas() throws IOException {
    Listed other =
        listed("pay_back", Map.of(), "{\"type\":\"object\",\"properties\":{\"reason\":{}}}");
    assertThat(
            findings(
                """
                default: deny
                all_tools: {require: {conditions: [{path: args.reason, op: exists, value: true}]}}
                tools:
                  pay*: {require: {conditions: [{path: args.nowhere, op: exists, value: true}]}}
                """,
                bank(PAY, other)))
        .containsExactly(
            "8:44 /policies/p/tools/pay*/require/conditions/0/path: no tool that this rule is for"
                + " has args.nowhere [unknown-argument]");
  }

  @Test
  void aServerThatDoesNotAnswerIsReportedAndNothingIsSaidOfItsTools() throws IOException {
    ServerTools silent =
        new ServerTools(
            Map.of(), Map.of("bank", "connection refused"), Map.of("p", Set.of("bank")), Map.of());
    assertThat(findings("default: deny\ntools: {pya: {}}\n", silent))
        .containsExactly(
            "2:17 /servers/bank: the server did not say which tools it has: connection refused;"
                + " what the document says of them was not checked [server-unreachable]");
  }

  @Test
  void aPolicyOnSeveralServersMayNameWhatOneOfThemHas() throws IOException {
    ServerTools both =
        new ServerTools(
            Map.of("bank", List.of(PAY), "shop", List.of(LOOK)),
            Map.of(),
            Map.of("p", Set.of("bank", "shop")),
            Map.of());
    assertThat(findings("default: deny\ntools: {look: {}, lok: {}}\n", both))
        .containsExactly(
            "6:28 /policies/p/tools/lok: none of the servers \"bank\", \"shop\" has a tool \"lok\"."
                + " Did you mean \"look\"? [unknown-tool]");
  }

  @Test
  void findsDestructiveToolsThatNothingHoldsBack() throws IOException {
    Listed quiet = listed("quiet", Map.of(), "{}");
    Policy policy =
        new Policy(
            "p",
            false,
            Map.of(
                Section.TOOLS,
                new SectionRules(
                    false,
                    List.of(),
                    List.of(),
                    List.of(new SectionRules.Entry(new Selector.Exact("pay"), List.of())))),
            List.of());
    ServerTools tools =
        new ServerTools(
            Map.of("bank", List.of(PAY, LOOK, quiet)),
            Map.of(),
            Map.of("p", Set.of("bank")),
            Map.of("p", policy));
    assertThat(findings("default: allow\ntools: {pay: {}}\n", tools))
        .containsExactly(
            "5:14 /policies/p/default: the tool \"quiet\" does not say that it destroys nothing, and"
                + " is allowed without any rule; add one, such as \"approval\" or \"limits\", or"
                + " deny it [destructive-without-rule]",
            "6:18 /policies/p/tools/pay: the tool \"pay\" says that it destroys, and is allowed"
                + " without any rule; add one, such as \"approval\" or \"limits\", or deny it"
                + " [destructive-without-rule]");
  }
}
