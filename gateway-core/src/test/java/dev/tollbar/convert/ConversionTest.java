package dev.tollbar.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tollbar.convert.Conversion.Origin;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Outline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversionTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir Path folder = Path.of("");

  private Outline outline(String text) throws IOException {
    return Outline.of(Files.writeString(folder.resolve("old.yaml"), text)).orElseThrow();
  }

  private Conversion first(String text) throws IOException, DocumentException {
    return Conversion.of(outline("version: \"1\"\n" + text), Origin.V1, "shop");
  }

  private Conversion intercept(String text) throws IOException, DocumentException {
    return Conversion.of(outline("version: \"1\"\n" + text), Origin.INTERCEPT, "shop");
  }

  /** A conversion checks no arguments, since its original does not. */
  private static void isPolicy(Conversion conversion, String policy) throws IOException {
    String whole = "validate_arguments: false\n" + policy;
    JsonNode expected = YAML.readTree("version: \"2\"\npolicies:\n  shop:\n" + whole.indent(4));
    assertThat(YAML.readTree(conversion.document().toString())).isEqualTo(expected);
  }

  @Test
  void carriesAllOfVersionOne() throws Exception {
    Conversion conversion =
        first(
            """
            default: deny
            hide: [wipe]
            all_tools: {limits: [{max: 600, window: hour, counter: all}]}
            tools:
              look: {}
              allow: {action: allow}
              drop: {action: deny, reason: Ask a human.}
              stop: {action: deny}
              ask: {action: require_approval}
              mail: {rate_limit: {max: 10, window: 60}}
              pay:
                require: [{conditions: [{path: args.a, op: exists, value: true}], on_deny: Name a.}]
                deny_if: [{conditions: []}, {conditions: [{path: args.a, op: gt, value: 1}]}]
                limits: [{max: "1.5", window: day, counter: c, amount: args.a}]
            """);

    isPolicy(
        conversion,
        """
        default: deny
        hide: [wipe]
        all_tools: {limits: {max: 600, window: hour, counter: /all}}
        tools:
          look: {}
          allow: {}
          drop: {deny: {reason: Ask a human.}}
          stop: {deny: {}}
          ask: {approval: {}}
          mail: {rate_limit: {max: 10, window: 60}}
          pay:
            require: {conditions: [{path: args.a, op: exists, value: true}], on_deny: Name a.}
            deny_if: [{conditions: []}, {conditions: [{path: args.a, op: gt, value: 1}]}]
            limits: {max: "1.5", window: day, counter: pay/c, amount: args.a}
        """);
    assertThat(conversion.complete()).isTrue();
    assertThat(conversion.report("old.yaml")).isEqualTo("old.yaml: everything was carried over\n");
  }

  @Test
  void aToolThatOnlyVersionOneCanNameIsDenied() throws Exception {
    Conversion allow =
        first("default: allow\nhide: [a*, \"*\"]\ntools: {\"b*\": {}, \"@c\": {}}\n");

    isPolicy(
        allow,
        "default: allow\nhide: [a*, \"*\"]\ntools: {\"b*\": {deny: {}}, \"*c\": {deny: {}}}\n");
    assertThat(allow.complete()).isFalse();
    assertThat(allow.report("old.yaml"))
        .isEqualTo(
            """
            old.yaml: 2 not carried over, 1 changed
              changed: 3:8 /hide/0: version 2 cannot hide just the tool "a*"; "a*" is hidden
              not carried over: 4:15 /tools/b*: version 2 cannot name just the tool "b*"; "b*" is denied
              not carried over: 4:25 /tools/@c: version 2 cannot name just the tool "@c"; "*c" is denied
            """);
    Conversion deny = first("default: deny\ntools: {\"b*\": {}}\n");
    isPolicy(deny, "default: deny\n");
    assertThat(deny.report("old.yaml"))
        .isEqualTo(
            """
            old.yaml: 1 not carried over
              not carried over: 3:15 /tools/b*: version 2 cannot name just the tool "b*"; it is not listed, and so denied
            """);
  }

  @Test
  void carriesRulesOfIntercept() throws Exception {
    Conversion conversion =
        intercept(
            """
            hide: [transfer_repository]
            tools:
              look: {rules: []}
              nothing:
              create_issue:
                rules:
                  - {name: Hourly issue limit!, rate_limit: 5/hour, on_deny: Five an hour.}
                  - {name: hourly issue limit, rate_limit: 50/day}
              delete_repository:
                rules: [{name: block, action: deny}]
              charge:
                rules:
                  - name: max single charge
                    conditions:
                      - {path: args.amount, op: lte, value: 50000}
                      - {path: "args.meta.my key", op: exists, value: true}
                    on_deny: At most 500.
                  - name: spend
                    conditions: [{path: state.charge.spend, op: lt, value: 1000000}]
                    state: {counter: spend, window: day, increment_from: args.amount}
                  - name: thirds
                    conditions:
                      - {path: state.charge.t, op: lte, value: 10}
                      - {path: args.currency, op: in, value: [usd, eur]}
                    state: {counter: t, window: minute, increment: 3}
              "*":
                rules: [{name: global, rate_limit: 60/minute}]
            """);

    isPolicy(
        conversion,
        """
        default: allow
        hide: [transfer_repository]
        all_tools:
          limits:
            id: global
            max: 60
            window: minute
            scope: server
            on_deny: Rate limit of 60 per minute reached. Try again later.
        tools:
          look: {}
          nothing: {}
          create_issue:
            limits:
              - {id: hourly-issue-limit, max: 5, window: hour, scope: server, on_deny: Five an hour.}
              - id: hourly-issue-limit-2
                max: 50
                window: day
                scope: server
                on_deny: Rate limit of 50 per day reached. Try again later.
          delete_repository:
            deny: {id: block, reason: Denied by rule "block"}
          charge:
            require:
              - id: max-single-charge
                conditions:
                  - {path: args.amount, op: lte, value: 50000}
                  - {path: 'args.meta["my key"]', op: exists, value: true}
                on_deny: At most 500.
              - id: thirds-require
                conditions: [{path: args.currency, op: in, value: [usd, eur]}]
                on_deny: Denied by rule "thirds"
            limits:
              - id: spend
                amount: args.amount
                max: 999999
                window: day
                scope: server
                on_deny: Rate limit exceeded for spend
              - id: thirds-limits
                max: 3
                window: minute
                scope: server
                on_deny: Rate limit exceeded for thirds
        """);
    assertThat(conversion.complete()).isTrue();
    assertThat(conversion.report("old.yaml"))
        .isEqualTo(
            """
            old.yaml: everything was carried over, 1 changed
              changed: 21:62 /tools/charge/rules/1/state/increment_from: amounts are exact here: Intercept cuts them to whole numbers, and takes negative ones, which are denied here
            """);
  }

  @Test
  void whatIsNotEqualToANumberIsNotEqualToItsTextEither() throws Exception {
    Conversion conversion =
        intercept(
            """
            tools:
              t:
                rules:
                  - name: r
                    conditions:
                      - {path: args.a, op: neq, value: draft}
                      - {path: args.b, op: neq, value: 5}
                      - {path: args.c, op: not_in, value: ["5", "true", x]}
                      - {path: args.d, op: eq, value: 5}
            """);

    isPolicy(
        conversion,
        """
        default: allow
        tools:
          t:
            require:
              id: r
              conditions:
                - {path: args.a, op: neq, value: draft}
                - {path: args.b, op: not_in, value: [5, "5"]}
                - {path: args.c, op: not_in, value: ["5", 5, "true", true, x]}
                - {path: args.d, op: eq, value: 5}
              on_deny: Denied by rule "r"
        """);
    assertThat(conversion.report("old.yaml"))
        .isEqualTo(
            """
            old.yaml: everything was carried over, 1 changed
              changed: 10:43 /tools/t/rules/0/conditions/3/value: a number and a text that reads like it are not equal here; Intercept takes both
            """);
  }

  @Test
  void whatHasNoLikeIsDeniedAndSaid() throws Exception {
    Conversion conversion =
        intercept(
            """
            description: Mine
            extra: 1
            tools:
              a: {rules: [{name: r, conditions: [{path: state.b.n, op: lte, value: 5}]}]}
              b: {rules: [{name: r, action: ask}]}
              c: {rules: [{name: r, rate_limit: 5/week}]}
              d: {rules: [{name: r, conditions: [{path: args.x, op: like, value: 5}]}]}
              e: {rules: [{name: r, conditions: [{path: args.x, op: regex, value: "("}]}]}
              f: {rules: [{name: r}], timeout: 5}
              g: {rules: [{name: r, only: x, action: deny}]}
              h: {rules: [{name: r, conditions: [{path: args.x, op: neq, value: "[a]"}]}]}
            """);

    String every = "; every call that the rule is for is denied";
    assertThat(conversion.report("old.yaml").lines())
        .containsExactly(
            "old.yaml: 10 not carried over, 1 changed",
            "  changed: 2:14 /description: a document has no description; keep it as a comment",
            "  not carried over: 3:8 /extra: Intercept's reference has no key \"extra\"; every tool"
                + " is denied",
            "  not carried over: 5:45 /tools/a/rules/0/conditions/0/path: a limit can only bound a"
                + " counter of its own"
                + every,
            "  not carried over: 6:33 /tools/b/rules/0/action: expected \"evaluate\" or \"deny\";"
                + " found \"ask\""
                + every,
            "  not carried over: 7:37 /tools/c/rules/0/rate_limit: expected \"5/hour\" or the like;"
                + " found \"5/week\""
                + every,
            "  not carried over: 8:57 /tools/d/rules/0/conditions/0/op: expected one of eq, neq, in,"
                + " not_in, lt, lte, gt, gte, regex, contains, exists; found \"like\""
                + every,
            "  not carried over: 9:71 /tools/e/rules/0/conditions/0/value: no value that regex can"
                + " use: \"(\""
                + every,
            "  not carried over: 10:36 /tools/f/timeout: Intercept's reference has no key"
                + " \"timeout\"; the tool is denied",
            "  not carried over: 10:15 /tools/f/rules/0/conditions: a rule that evaluates has at"
                + " least one condition"
                + every,
            "  not carried over: 11:31 /tools/g/rules/0/only: Intercept's reference has no key"
                + " \"only\""
                + every,
            "  not carried over: 12:69 /tools/h/rules/0/conditions/0/value: Intercept compares lists,"
                + " objects and null by how they are written: \"[a]\""
                + every);
    assertThat(conversion.document().at("/policies/shop/all_tools/deny/reason").asText())
        .isEqualTo("A rule of this tool was not carried over; ask the operator.");
    for (String tool : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
      assertThat(conversion.document().at("/policies/shop/tools/" + tool).has("deny")).isTrue();
    }
  }

  @Test
  void aFileThatIsNoneOfInterceptsIsRefusedWithAllThatIsWrong() {
    assertThatThrownBy(() ->
            Conversion.of(
                outline("version: \"3\"\ndefault: no way\nhide: x\ntools: []\n"),
                Origin.INTERCEPT,
                "shop"))
        .isInstanceOf(DocumentException.class)
        .hasMessage(
            folder.resolve("old.yaml")
                + """
                : 4 problems
                  1. 1:10 /version: expected "1"; found "3"
                  2. 2:10 /default: expected "allow" or "deny"; found "no way"
                  3. 3:7 /hide: expected a list of tool names; found "x"
                  4. 4:8 /tools: expected an object; found a list\
                """);
  }

  @Test
  void tellsTheTwoApart() throws IOException {
    assertThat(Origin.of(outline("version: \"1\"\ndefault: deny\ntools: {a: {}}\n")))
        .isEqualTo(Origin.V1);
    assertThat(Origin.of(outline("version: \"1\"\ndefault: deny\ntools: {a: {rules: []}}\n")))
        .isEqualTo(Origin.INTERCEPT);
    assertThat(Origin.of(outline("version: \"1\"\ntools: {}\n"))).isEqualTo(Origin.INTERCEPT);
  }
}
