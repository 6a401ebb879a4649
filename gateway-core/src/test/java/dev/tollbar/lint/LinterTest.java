package dev.tollbar.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tollbar.document.Outline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinterTest {
  @TempDir Path folder = Path.of("");

  private List<String> lint(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("policy.yaml"), text);
    return Linter.review(Outline.of(file).orElseThrow()).stream().map(Finding::toString).toList();
  }

  private List<String> findings(String tools) throws IOException {
    return lint("version: \"1\"\ndefault: deny\ntools:\n" + tools);
  }

  /** In a policy of version 2 that begins in the fourth line. */
  private List<String> second(String policy) throws IOException {
    return lint("version: \"2\"\npolicies:\n  p:\n" + policy.indent(4));
  }

  @Test
  void findsADenyIfThatIsBypassedByLeavingTheArgumentOut() throws IOException {
    assertThat(findings("  pay: {deny_if: [{conditions: [{path: args.n, op: gt, value: 100}]}]}\n"))
        .containsExactly(
            "4:33 /tools/pay/deny_if/0/conditions/0: a call that leaves out args.n is not denied"
                + " by this rule; add a \"require\" that it exists [deny-if-bypass]");
  }

  @Test
  void aRequiredArgumentCannotBeLeftOut() throws IOException {
    assertThat(
            findings(
                """
                  pay:
                    require: [{conditions: [{path: args.n, op: exists, value: true}]}]
                    deny_if: [{conditions: [{path: args.n, op: gt, value: 100}]}]
                """))
        .isEmpty();
  }

  @Test
  void whatAllToolsRequireCannotBeLeftOut() throws IOException {
    assertThat(
            second(
                """
                default: deny
                all_tools: {require: {conditions: [{path: args.n, op: exists, value: true}]}}
                tools: {pay: {deny_if: {conditions: [{path: args.n, op: gt, value: 100}]}}}
                """))
        .isEmpty();
  }

  @Test
  void aShadowRequireGuardsNothing() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  pay:
                    require: {mode: shadow, conditions: [{path: args.n, op: exists, value: true}]}
                    deny_if: {conditions: [{path: args.n, op: gt, value: 100}]}
                """))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{path: args.n, op: gt, value: 100}, {path: args.n, op: lt, value: 50}",
        "{path: args.n, op: gte, value: 5}, {path: args.n, op: lt, value: 5.0}",
        "{path: args.n, op: eq, value: a}, {path: args.n, op: eq, value: b}",
        "{path: args.n, op: eq, value: a}, {path: args.n, op: not_in, value: [a, b]}",
        "{path: args.n, op: in, value: [1, 2]}, {path: args.n, op: gt, value: 2}",
        "{path: args.n, op: in, value: []}",
        "{path: args.n, op: exists, value: false}, {path: args.n, op: eq, value: 5}",
        "{path: args.n, op: exists, value: true}, {path: args.n, op: exists, value: false}"
      })
  void findsConditionsThatNoValueMeets(String conditions) throws IOException {
    assertThat(findings("  t: {require: [{conditions: [" + conditions + "]}]}\n"))
        .containsExactly(
            "4:17 /tools/t/require/0: args.n cannot be all that these conditions ask of it, so that"
                + " the rule denies every call [contradiction]");
    assertThat(findings("  t: {deny_if: [{conditions: [" + conditions + "]}]}\n"))
        .contains(
            "4:17 /tools/t/deny_if/0: args.n cannot be all that these conditions ask of it, so that"
                + " the rule denies only what it cannot judge [contradiction]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{path: args.n, op: gte, value: 5}, {path: args.n, op: lte, value: 5.0}",
        "{path: args.n, op: gt, value: 5}, {path: args.m, op: lt, value: 5}",
        "{path: args.n, op: in, value: [1, 2]}, {path: args.n, op: gt, value: 1}",
        "{path: args.n, op: eq, value: a}, {path: args.n, op: regex, value: ^a$}",
        "{path: args.n, op: neq, value: a}, {path: args.n, op: neq, value: b}",
        "{path: 'args.n[*]', op: eq, value: a}, {path: 'args.n[*]', op: eq, value: b}"
      })
  void conditionsThatAValueMeetsAreNoContradiction(String conditions) throws IOException {
    assertThat(findings("  t: {require: [{conditions: [" + conditions + "]}]}\n")).isEmpty();
  }

  @Test
  void findsBeginningsThatContradictEachOther() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  t:
                    require:
                      conditions:
                        - { path: args.p, op: starts_with, value: /home/ }
                        - all: [{ path: args.p, op: starts_with, value: /srv/ }]
                """))
        .containsExactly(
            "8:11 /policies/p/tools/t/require: args.p cannot be all that these conditions ask of it,"
                + " so that the rule denies every call [contradiction]");
  }

  @Test
  void findsCallsThatCountTwiceOnOneCounter() throws IOException {
    assertThat(
            second(
                """
                default: deny
                all_tools: {limits: {counter: c, max: 5, window: hour}}
                tools:
                  a: {limits: [{counter: c, max: 5, window: hour}, {counter: c, max: 50, window: day}]}
                  b: {limits: {counter: other, max: 5, window: hour}}
                """))
        .containsExactly(
            "7:20 /policies/p/tools/a/limits/0: calls count twice on the counter \"c\": here and by"
                + " /policies/p/all_tools/limits; give one of the two another counter"
                + " [counted-twice]");
  }

  @Test
  void oneWindowMayBeWrittenInTwoWays() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  a: {limits: [{counter: k, max: 5, window: 24h}, {counter: k, max: 50, window: 1d}]}
                  b: {limits: [{counter: k, max: 5, window: day}, {counter: k, max: 50, window: 1d}]}
                """))
        .singleElement()
        .asString()
        .contains("/policies/p/tools/a/limits/1: calls count twice on the counter \"k\"");
  }

  @Test
  void findsCallsThatAreInFlightTwiceOnOneCounter() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  a: {limits: [{counter: c, concurrency: 5}, {counter: c, concurrency: 2}]}
                """))
        .containsExactly(
            "6:50 /policies/p/tools/a/limits/1: calls count twice on the counter \"c\": here and by"
                + " /policies/p/tools/a/limits/0; give one of the two another counter"
                + " [counted-twice]");
  }

  @Test
  void findsARequireThatIsBypassedByLeavingTheArgumentOut() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  t: {require: {conditions: [{not: {path: args.status, op: in, value: [closed]}}]}}
                  u:
                    require:
                      conditions:
                        - {path: args.status, op: exists, value: true}
                        - {not: {path: args.status, op: in, value: [closed]}}
                        - {not: {path: args.force, op: exists, value: true}}
                        - {not: {all: [{path: args.a, op: eq, value: 1}, {path: args.b, op: eq, value: 1}]}}
                """))
        .containsExactly(
            "6:40 /policies/p/tools/t/require/conditions/0/not: a call that leaves out args.status"
                + " passes this \"not\"; add a condition that it exists [require-bypass]");
  }

  @Test
  void findsSelectorsThatAreForNothing() throws IOException {
    assertThat(
            second(
                """
                default: allow
                hide: ["drop_?", secret_*]
                tools:
                  "delete_{user,account}": {deny: {}}
                  " exec": {deny: {}}
                  "@annotation:destructivHint=true": {deny: {}}
                  "@annotation:readOnlyHint=False": {deny: {}}
                  "@annotation:team=red": {deny: {}}
                  a/b.c-d: {deny: {}}
                resources: {default: deny, entries: {"file:///{path}?a=[1]": {}}}
                """))
        .extracting(line -> line.replaceFirst("^[0-9:]+ ", ""))
        .containsExactly(
            "/policies/p/hide/0: no tool is called \"drop_?\": only * stands for other characters"
                + " [selector-for-nothing]",
            "/policies/p/tools/delete_{user,account}: no tool is called \"delete_{user,account}\":"
                + " only * stands for other characters [selector-for-nothing]",
            "/policies/p/tools/ exec: no tool is called \" exec\": only * stands for other"
                + " characters [selector-for-nothing]",
            "/policies/p/tools/@annotation:destructivHint=true: the protocol has no annotation"
                + " \"destructivHint\". Did you mean \"destructiveHint\"? [selector-for-nothing]",
            "/policies/p/tools/@annotation:readOnlyHint=False: readOnlyHint is true or false; found"
                + " \"False\" [selector-for-nothing]");
    assertThat(findings("  delete_*: {action: deny}\n"))
        .containsExactly(
            "4:13 /tools/delete_*: in version 1 names stand for themselves, and no tool is called"
                + " \"delete_*\"; name the tools, or use version 2 [selector-for-nothing]");
  }

  @Test
  void findsAPatternThatMayMatchAPart() throws IOException {
    assertThat(findings("  t: {require: [{conditions: [{path: args.q, op: regex, value: ab}]}]}\n"))
        .containsExactly(
            "4:31 /tools/t/require/0/conditions/0: the pattern \"ab\" may match a part of the"
                + " text; write \"^(?:…)$\" to match all of it [unanchored-regex]");
  }

  @Test
  void tellsWhichPatternsAreAnchored() {
    assertThat(List.of("^ab$", "(?i)^ab$", "\\Aab\\z", "^(a|b)$")).allMatch(Conditions::anchored);
    assertThat(List.of("ab", "^ab", "ab$", "^a|b$", "^(a)|(b)$", "^ab\\$", "(?m)^ab$"))
        .noneMatch(Conditions::anchored);
  }

  @Test
  void findsAStarUnderDefaultDeny() throws IOException {
    assertThat(second("default: deny\ntools: {\"*\": {}}\n"))
        .containsExactly(
            "5:18 /policies/p/tools/*: \"*\" lists every tool, so that \"default\": \"deny\""
                + " refuses none; name the tools that are meant [star-under-default-deny]");
  }

  @Test
  void inVersionOneAStarListsNothing() throws IOException {
    assertThat(findings("  \"*\": {}\n"))
        .containsExactly(
            "4:8 /tools/*: in version 1 \"*\" is the name of a tool and lists no other; name the"
                + " tools that are meant [star-under-default-deny]");
  }

  @Test
  void findsALimitThatAReconnectRefills() throws IOException {
    assertThat(findings("  t: {limits: [{max: 1, window: day, scope: [server, session]}]}\n"))
        .containsExactly(
            "4:45 /tools/t/limits/0/scope: a client that connects again begins with a fresh"
                + " limit; use the scope \"grant\" [session-scope]");
  }

  @Test
  void aRateLimitIsRefilledByAReconnect() throws IOException {
    assertThat(findings("  t: {rate_limit: {max: 1, window: 60}}\n"))
        .containsExactly(
            "4:19 /tools/t/rate_limit: rate_limit counts by session, so that a client that"
                + " connects again begins with a fresh one; use \"limits\" with \"window\": \"60s\""
                + " [session-scope]");
  }

  @Test
  void findsRulesAfterOneThatAlwaysDenies() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  t:
                    approval: {}
                    deny: {}
                    require: {conditions: [{path: args.a, op: exists, value: true}]}
                    limits: [{max: 1, window: day}]
                """))
        .containsExactly(
            "7:19 /policies/p/tools/t/approval: nobody is ever asked: /policies/p/tools/t/deny"
                + " denies every one; remove one of the two [unreachable-rule]",
            "9:18 /policies/p/tools/t/require: no call reaches this rule: /policies/p/tools/t/deny"
                + " denies every one; remove one of the two [unreachable-rule]",
            "10:18 /policies/p/tools/t/limits/0: this limit never counts a call:"
                + " /policies/p/tools/t/deny denies every one; remove one of the two"
                + " [limit-never-consulted]");
  }

  @Test
  void aWiderEntryDeniesForANarrowerOne() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  delete_user: {limits: {max: 1, window: day}}
                  delete_*: {deny_if: {conditions: []}}
                """))
        .containsExactly(
            "6:29 /policies/p/tools/delete_user/limits: this limit never counts a call:"
                + " /policies/p/tools/delete_*/deny_if denies every one; remove one of the two"
                + " [limit-never-consulted]");
  }

  @Test
  void actionsOfVersionOneDenyToo() throws IOException {
    assertThat(findings("  t: {action: deny, limits: [{max: 1, window: day}]}\n"))
        .containsExactly(
            "4:30 /tools/t/limits/0: this limit never counts a call: /tools/t/action denies every"
                + " one; remove one of the two [limit-never-consulted]");
  }

  @Test
  void findsAnEntryThatIsHidden() throws IOException {
    assertThat(
            second(
                """
                default: deny
                hide: [delete_*]
                tools: {delete_user: {}, get_user: {}}
                prompts: {default: deny, hide: ["*"], entries: {draft: {}}}
                resources: {default: allow, hide: ["file:///a"], entries: {"file:///a": {}}}
                """))
        .containsExactly(
            "6:26 /policies/p/tools/delete_user: no call reaches this entry: \"delete_user\" is"
                + " hidden by /policies/p/hide/0; take it from \"hide\", or remove the entry"
                + " [unreachable-rule]",
            "7:60 /policies/p/prompts/entries/draft: no call reaches this entry: \"draft\" is"
                + " hidden by /policies/p/prompts/hide/0; take it from \"hide\", or remove the"
                + " entry [unreachable-rule]",
            "8:77 /policies/p/resources/entries/file:~1~1~1a: no call reaches this entry:"
                + " \"file:///a\" is hidden by /policies/p/resources/hide/0; take it from \"hide\","
                + " or remove the entry [unreachable-rule]");
  }

  @Test
  void findsRulesForToolsOfWhichNoneIsListed() throws IOException {
    assertThat(
            second(
                """
                default: deny
                all_tools:
                  limits: {max: 1, window: day}
                  require: {conditions: [{path: args.a, op: exists, value: true}]}
                """))
        .containsExactly(
            "6:15 /policies/p/all_tools/limits: this limit never counts a call: \"default\" is"
                + " \"deny\" and no entry lists a tool; list what is meant [limit-never-consulted]",
            "7:16 /policies/p/all_tools/require: no call reaches this rule: \"default\" is"
                + " \"deny\" and no entry lists a tool; list what is meant [unreachable-rule]");
  }

  @Test
  void findsRulesForToolsOfWhichAllAreHidden() throws IOException {
    assertThat(
            second(
                """
                hide: ["*"]
                all_tools: {limits: {max: 1, window: day}}
                """))
        .containsExactly(
            "5:25 /policies/p/all_tools/limits: this limit never counts a call: /policies/p/hide/0"
                + " hides every tool; hide what is meant [limit-never-consulted]");
    assertThat(
            second(
                """
                default: deny
                hide: [draft_*]
                all_tools: {limits: {max: 1, window: day}}
                tools: {draft_letter: {}, draft_offer_*: {}}
                """))
        .containsExactly(
            "6:25 /policies/p/all_tools/limits: this limit never counts a call: \"default\" is"
                + " \"deny\" and all that entries list is hidden; take it from \"hide\""
                + " [limit-never-consulted]",
            "7:27 /policies/p/tools/draft_letter: no call reaches this entry: \"draft_letter\" is"
                + " hidden by /policies/p/hide/0; take it from \"hide\", or remove the entry"
                + " [unreachable-rule]",
            "7:46 /policies/p/tools/draft_offer_*: no call reaches this entry: \"draft_offer_*\" is"
                + " hidden by /policies/p/hide/0; take it from \"hide\", or remove the entry"
                + " [unreachable-rule]");
  }

  @Test
  void findsARuleThatSaysWhatAnotherSaid() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  t:
                    require:
                      - {conditions: [{path: args.a, op: exists, value: true}], on_deny: One.}
                      - {conditions: [{path: args.a, op: exists, value: true}], id: two}
                """))
        .containsExactly(
            "9:13 /policies/p/tools/t/require/1: this rule says what /policies/p/tools/t/require/0"
                + " says before it, and decides nothing; remove one of the two [unreachable-rule]");
  }

  @Test
  void aPolicyInShadowModeReachesAll() throws IOException {
    assertThat(
            second(
                """
                default: deny
                mode: shadow
                hide: [t]
                tools: {t: {deny: {}, limits: {max: 1, window: day}}}
                """))
        .isEmpty();
  }

  @Test
  void findsDestructiveToolsWithoutARule() throws IOException {
    assertThat(
            second(
                """
                default: deny
                tools:
                  "@category:destructive": {}
                  "@annotation:destructiveHint=true": {deny: {mode: shadow}}
                  "@annotation:readOnlyHint=true": {}
                """))
        .containsExactly(
            "6:32 /policies/p/tools/@category:destructive: tools that destroy are allowed without"
                + " any rule; add one, such as \"approval\" or \"limits\", or deny them"
                + " [destructive-without-rule]",
            "7:43 /policies/p/tools/@annotation:destructiveHint=true: tools that destroy are"
                + " allowed without any rule; add one, such as \"approval\" or \"limits\", or deny"
                + " them [destructive-without-rule]");
  }

  @Test
  void findsSecretsInPlainText() throws IOException {
    String cure = "; write { \"env\": \"NAME\" } or { \"file\": \"path\" } [plain-secret]";
    assertThat(
            lint(
                """
                version: "2"
                servers:
                  web:
                    transport:
                      streamable_http:
                        url: https://me:hunter2@tickets.example/mcp
                        headers: {Authorization: Bearer abcdefgh, X-Api-Key: k, Accept: text/plain}
                  files:
                    transport:
                      stdio:
                        command: serve
                        args: [--token=abc, --password, abc, --verbose, ghp_0123456789]
                        env: {GITHUB_TOKEN: abc, LANG: C, KEY_FROM_FILE: {file: key}}
                webhooks:
                  ops: {url: https://ops.example, secret: [abc, {env: OPS}]}
                """))
        .containsExactly(
            "6:14 /servers/web/transport/streamable_http/url: the address holds a password in plain"
                + " text; send it in \"headers\" or \"env\" with { \"env\": \"NAME\" }"
                + " [plain-secret]",
            "7:34 /servers/web/transport/streamable_http/headers/Authorization: a secret seems to"
                + " stand here in plain text"
                + cure,
            "7:62 /servers/web/transport/streamable_http/headers/X-Api-Key: a secret seems to stand"
                + " here in plain text"
                + cure,
            commandLine("12:16", 0),
            commandLine("12:41", 2),
            commandLine("12:57", 4),
            "13:29 /servers/files/transport/stdio/env/GITHUB_TOKEN: a secret seems to stand here in"
                + " plain text"
                + cure,
            "15:44 /webhooks/ops/secret/0: the secret stands here in plain text" + cure);
  }

  @Test
  void findsSecretsInTheQueryOfAnAddressAndInNamesWithHumps() throws IOException {
    String cure = "; write { \"env\": \"NAME\" } or { \"file\": \"path\" } [plain-secret]";
    assertThat(
            lint(
                """
                version: "2"
                servers:
                  web:
                    transport:
                      streamable_http:
                        url: https://tickets.example/mcp?team=a&accessToken=abc
                        headers: {authToken: abc, Tokenizer: abc, Monkey: abc}
                  open: {transport: {streamable_http: {url: "https://tickets.example/mcp?page=1&monkey=2"}}}
                  files:
                    transport:
                      stdio: {command: serve, args: ["https://maps.example/?key=abc", "a?key=abc"]}
                """))
        .containsExactly(
            "6:14 /servers/web/transport/streamable_http/url: the address holds a secret in its"
                + " query in plain text; send it in \"headers\" or \"env\" with { \"env\": \"NAME\""
                + " } [plain-secret]",
            "7:30 /servers/web/transport/streamable_http/headers/authToken: a secret seems to stand"
                + " here in plain text"
                + cure,
            commandLine("11:38", 0));
  }

  private static String commandLine(String at, int index) {
    return at
        + " /servers/files/transport/stdio/args/"
        + index
        + ": a secret seems to stand in the command line, which other programs of the machine can"
        + " see; hand it over in \"env\" with { \"env\": \"NAME\" } [plain-secret]";
  }

  @Test
  void looksIntoTheFilesOfPolicies() throws IOException {
    Files.writeString(
        folder.resolve("one.yaml"),
        "version: \"1\"\ndefault: deny\ntools: {t: {rate_limit: {max: 1, window: 60}}}\n");
    Files.writeString(
        folder.resolve("two.yaml"),
        "version: \"2\"\npolicies: {q: {default: deny, tools: {\"*\": {}}}}\n");
    Path file =
        Files.writeString(
            folder.resolve("gateway.yaml"),
            "version: \"2\"\npolicies: {a: {file: one.yaml}, b: {file: two.yaml}}\n");

    assertThat(Linter.review(Outline.of(file).orElseThrow()))
        .extracting(
            finding -> finding.place().file(),
            finding -> finding.place().line(),
            finding -> finding.place().pointer(),
            finding -> finding.kind().code())
        .containsExactly(
            tuple("one.yaml", 3, "/tools/t/rate_limit", "session-scope"),
            tuple("two.yaml", 2, "/policies/q/tools/*", "star-under-default-deny"));
  }

  @Test
  void findsNothingInAGoodDocument() throws IOException {
    assertThat(findings("  t: {limits: [{max: 1, window: day, scope: grant}]}\n")).isEmpty();
    assertThat(
            lint(
                """
                version: "2"
                servers:
                  web:
                    transport:
                      streamable_http:
                        url: https://tickets.example/mcp
                        headers: {Authorization: {env: TICKETS_AUTH}, Accept-Language: en}
                        connect_timeout: 5s
                  files: {transport: {stdio: {command: npx, args: [-y, server, /srv/tokens]}}}
                webhooks: {ops: {url: https://ops.example, secret: {file: ops.key}}}
                policies:
                  good:
                    default: deny
                    hide: ["@unlisted"]
                    all_tools: {limits: {max: 600, window: hour}}
                    tools:
                      get_*: {}
                      "@category:destructive": {approval: {}}
                      pay:
                        require:
                          - conditions:
                              - {path: args.n, op: exists, value: true}
                              - {path: args.to, op: regex, value: "^[a-z]+$"}
                        deny_if: {conditions: [{path: args.n, op: gt, value: 100}]}
                        limits:
                          - {max: 1, window: minute}
                          - {max: 10, window: day}
                      delete_*: {deny: {reason: By people.}}
                    prompts: {default: allow, entries: {draft: {limits: {max: 1, window: day}}}}
                """))
        .isEmpty();
  }
}
