package dev.tollbar.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.pipeline.RuleWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases beside a policy: what they can say, and what is said of them. */
class TestRunTest {
  private static final String SHOP =
      """
      version: "2"
      policies:
        shop:
          default: deny
          hide: [secret]
          tools:
            pay:
              deny_if:
                - id: ceiling
                  conditions: [{ path: args.amount, op: gt, value: 500 }]
                  on_deny: Too much.
                - { id: dry, mode: shadow, conditions: [{ path: args.amount, op: gt, value: 5 }] }
              limits: { id: minute, max: 3, counter: paid }
            export: { approval: { within: 10m } }
            twice: { approval: { approvers: 2 } }
            read: { result: { word: password } }
            team: { deny_if: { conditions: [{ path: grant.labels.team, op: neq, value: core }] } }
            never: { deny: { reason: Never. } }
      """;

  @TempDir private Path folder;
  private final RuleWatch watch = new RuleWatch(Duration.ofSeconds(5));
  private final Offline offline = new Offline(new TrialKinds(), watch);

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("shop.yaml"), SHOP);
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private Path cases(String text) throws IOException {
    return Files.writeString(folder.resolve("shop.test.yaml"), text);
  }

  private TestReport run(String text) throws Exception {
    try (TestRun run = TestRun.open(cases(text), offline)) {
      return new TestReport(List.of(run.run()));
    }
  }

  private String text(String text) throws Exception {
    return run(text).text(Palette.PLAIN).replace(folder + "/", "");
  }

  private void passes(String calls) throws Exception {
    assertThat(text("policy: shop.yaml\ncases:\n  - name: it\n    calls:\n" + calls.indent(6)))
        .startsWith("shop.test.yaml tests shop.yaml\n  ok    it\n");
  }

  @Test
  void callsAreDecidedInTheirOrder() throws Exception {
    passes(
        """
        - { tool: pay, arguments: { amount: 500 }, repeat: 3, expect: { decision: permit } }
        - { tool: pay, arguments: { amount: 500 }, expect: { decision: deny, code: limit, rule: minute, remaining: "0", retry_after: 60s } }
        - { tool: pay, arguments: { amount: 500 }, grant: other, expect: { decision: permit } }
        - { tool: pay, arguments: { amount: 501 }, expect: { decision: deny, rule: /policies/shop/tools/pay/deny_if/0, text: Too much. } }
        - { tool: pay, at: "2026-01-01T00:01:00Z", expect: { decision: permit } }
        """);
  }

  @Test
  void eachCaseBeginsWithItsOwnCountersAndTime() throws Exception {
    String two =
        """
        policy: shop.yaml
        given: { counters: { paid: 3 } }
        cases:
          - { name: full, calls: [{ tool: pay, expect: { decision: deny, code: limit } }] }
          - { name: by its id, given: { counters: { minute: 2 } }, calls: [{ tool: pay, expect: { decision: permit } }, { tool: pay, expect: { decision: deny } }] }
        """;

    assertThat(text(two)).contains("  ok    full\n  ok    by its id\n");
  }

  @Test
  void argumentsAreCheckedByWhatTheServerLists() throws Exception {
    String listed =
        """
        policy: shop.yaml
        given: { tools: [{ name: pay, inputSchema: { type: object, required: [amount] } }] }
        cases:
          - name: it
            calls:
              - { tool: pay, expect: { decision: deny, code: rule, rule: (input schema), text: args.amount is missing } }
              - { tool: pay, arguments: { amount: 1 }, expect: { decision: permit } }
        """;

    assertThat(text(listed)).startsWith("shop.test.yaml tests shop.yaml\n  ok    it\n");
  }

  @Test
  void whatTheServerDidNotAnswerIsGivenBack() throws Exception {
    passes(
        """
        - { tool: pay, reply: { fails: timeout }, repeat: 9, expect: { decision: permit } }
        - { tool: pay, reply: { error: { code: -32000, message: Down } }, repeat: 9, expect: { decision: permit, text: Down } }
        - { tool: pay, reply: { result: { isError: true, content: [] } }, repeat: 3, expect: { decision: permit } }
        - { tool: pay, expect: { decision: deny } }
        """);
  }

  @Test
  void aPersonDecidesTheCallThatWaits() throws Exception {
    passes(
        """
        - { tool: export, arguments: { to: a }, expect: { decision: pending, code: approval_pending, text: Approval pending } }
        - person: approve
        - { tool: export, arguments: { to: b }, expect: { decision: pending } }
        - { tool: export, arguments: { to: a }, expect: { decision: permit } }
        - { tool: export, arguments: { to: a }, expect: { decision: pending } }
        - person: deny
        - { tool: export, arguments: { to: a }, expect: { decision: deny, code: approval_denied } }
        - { tool: export, arguments: { to: b }, at: "2026-01-01T00:11:00Z", expect: { decision: pending } }
        """);
  }

  @Test
  void anApprovalOfACallThatWasNotDeliveredIsGoodAgain() throws Exception {
    passes(
        """
        - { tool: export, expect: { decision: pending } }
        - person: approve
        - { tool: export, reply: { fails: not_delivered }, repeat: 2, expect: { decision: permit } }
        - { tool: export, expect: { decision: permit } }
        - { tool: export, expect: { decision: pending } }
        """);
  }

  @Test
  void approvalsThatAreGivenAnswerEachOneCall() throws Exception {
    String approved =
        """
        policy: shop.yaml
        given:
          approvals:
            - { tool: export, arguments: { to: a }, person: approve }
            - { tool: twice, person: approve }
            - { tool: twice, person: approve }
        cases:
          - name: it
            calls:
              - { tool: export, arguments: { to: b }, expect: { decision: pending } }
              - { tool: export, arguments: { to: a }, expect: { decision: permit } }
              - { tool: export, arguments: { to: a }, expect: { decision: pending } }
              - { tool: twice, expect: { decision: permit } }
        """;

    assertThat(text(approved)).contains("  ok    it\n");
  }

  @Test
  void aResultCanBeRefused() throws Exception {
    passes(
        """
        - { tool: read, expect: { decision: permit, text: ok } }
        - tool: read
          reply: { result: { content: [{ type: text, text: the password }] } }
          expect: { decision: deny, code: rule, text: The result holds what it must not. }
        """);
  }

  @Test
  void shadowRulesAreSeenAndNotActedOn() throws Exception {
    passes(
        """
        - { tool: pay, arguments: { amount: 6 }, expect: { decision: permit, shadow: [dry] } }
        - { tool: pay, arguments: { amount: 5 }, expect: { decision: permit, shadow: [] } }
        """);
  }

  @Test
  void labelsAndListsAreThoseOfTheCase() throws Exception {
    String labelled =
        """
        policy: shop.yaml
        given:
          labels: { team: core }
          tools: [{ name: pay }, { name: secret }]
        cases:
          - name: it
            calls:
              - { list: tools, expect: { tools: [pay] } }
              - { tool: secret, expect: { decision: deny, code: hidden, rule: (hidden) } }
              - { tool: team, expect: { decision: permit } }
          - { name: another team, given: { labels: { team: web } }, calls: [{ tool: team, expect: { decision: deny } }] }
        """;

    assertThat(text(labelled)).contains("  ok    it\n  ok    another team\n");
  }

  @Test
  void aDocumentSaysWhoReachesWhat() throws Exception {
    Files.writeString(
        folder.resolve("gateway.yaml"),
        SHOP
            + """
            servers:
              a: { transport: { stdio: { command: a } } }
              b: { transport: { stdio: { command: b } } }
            grants:
              laptop:
                token: { sha256: "%s" }
                servers: { a: shop }
                expires: "2026-06-30T00:00:00Z"
            """
                .formatted("0".repeat(64)));
    String reached =
        """
        document: gateway.yaml
        given: { grant: laptop, server: a }
        cases:
          - name: it
            calls:
              - { tool: pay, expect: { decision: permit } }
              - { tool: pay, server: b, expect: { decision: refused, text: does not reach } }
              - { tool: pay, grant: nobody, expect: { decision: refused } }
              - { tool: pay, at: "2026-06-30T00:00:00Z", expect: { decision: refused, text: expired } }
        """;

    assertThat(text(reached)).contains("  ok    it\n");
    assertThatThrownBy(() -> run(reached.replace(", server: a }", ", labels: {} }")))
        .hasMessageContaining(
            "/given/labels: expected no labels beside document, whose grants have their own; found some");
    assertThatThrownBy(() -> run(reached.replace(", server: a }", " }")))
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()).replace(folder + "/", ""))
                    .isEqualTo(
                        """
                        shop.test.yaml: 1 problem
                          1. 4:5 /cases/0: expected a server in given: the document has a, b\
                        """));
  }

  @Test
  void aFailureShowsWhatDiffersAndWhatEveryRuleSaw() throws Exception {
    String wrong =
        """
        policy: shop.yaml
        cases:
          - name: 501 is paid
            calls:
              - { tool: pay, arguments: { amount: 501 }, expect: { decision: permit } }
              - { tool: pay, arguments: { amount: 501 }, expect: { decision: deny } }
          - name: nobody was asked
            calls: [{ person: approve }]
          - name: not by that rule
            calls: [{ tool: pay, arguments: { amount: 501 }, expect: { decision: deny, rule: minute, text: Too much. } }]
        """;

    assertThat(text(wrong))
        .isEqualTo(
            """
            shop.test.yaml tests shop.yaml
              FAIL  501 is paid
                    shop.test.yaml:5:9: call 1: pay {"amount":501} by local
                      - decision: permit
                      + decision: deny
                        code: rule
                        rule: ceiling
                        text: [POLICY DENIED] Too much.
                      1. ceiling (/policies/shop/tools/pay/deny_if/0)  deny_if  deny: This call is not permitted.
                           args.amount gt 500, found 501: holds
                      2. dry (/policies/shop/tools/pay/deny_if/1)  deny_if  not reached
                      3. minute (/policies/shop/tools/pay/limits)  limits  not reached
              FAIL  nobody was asked
                    shop.test.yaml:8:23: call 1: person
                      expected a call before that waits for a person; found none
              FAIL  not by that rule
                    shop.test.yaml:10:13: call 1: pay {"amount":501} by local
                        decision: deny
                      - rule: minute
                      + rule: ceiling
                        text: Too much.
                      1. ceiling (/policies/shop/tools/pay/deny_if/0)  deny_if  deny: This call is not permitted.
                           args.amount gt 500, found 501: holds
                      2. dry (/policies/shop/tools/pay/deny_if/1)  deny_if  not reached
                      3. minute (/policies/shop/tools/pay/limits)  limits  not reached

            rules of shop.yaml that never decided anything:
              dry  deny_if  never reached
              minute  limits  never reached
              /policies/shop/tools/export/approval  approval  never reached
              /policies/shop/tools/twice/approval  approval  never reached
              /policies/shop/tools/read/result  result  never reached
              /policies/shop/tools/team/deny_if  deny_if  never reached
              /policies/shop/tools/never/deny  deny  never reached

            3 cases, 3 failed; 1 of 8 rules decided something
            """);
  }

  @Test
  void buildServersAreToldInJUnitsXml() throws Exception {
    String text =
        """
        policy: shop.yaml
        cases:
          - { name: "paid & done", calls: [{ tool: pay, expect: { decision: permit } }] }
          - { name: "a\\u0001b", calls: [{ person: deny }] }
        """;

    assertThat(run(text).junit().replace(folder + "/", ""))
        .isEqualTo(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="tollbar test" tests="2" failures="1" errors="0" skipped="0">
              <testsuite name="shop.test.yaml" tests="2" failures="1" errors="0" skipped="0">
                <testcase classname="shop.test.yaml" name="paid &amp; done"></testcase>
                <testcase classname="shop.test.yaml" name="a?b"><failure message="shop.test.yaml:4:43: call 1: person">shop.test.yaml:4:43: call 1: person
              expected a call before that waits for a person; found none
            </failure></testcase>
              </testsuite>
            </testsuites>
            """);
  }

  @Test
  void aRuleHasDecidedIfAnyFileSawItDo() throws Exception {
    List<FileReport> reports = new ArrayList<>();
    for (String call :
        List.of(
            "{ tool: never, expect: { decision: deny } }",
            "{ tool: pay, arguments: { amount: 501 }, expect: { decision: deny } }")) {
      reports.addAll(
          run("policy: shop.yaml\ncases:\n  - name: it\n    calls: [" + call + "]\n").files());
    }
    TestReport report = new TestReport(reports);

    assertThat(report.everyRuleDecided()).isFalse();
    assertThat(report.text(Palette.PLAIN))
        .endsWith("2 cases, none failed; 2 of 8 rules decided something\n");
  }

  @Test
  void allThatIsWrongWithAFileIsSaidAtOnce() throws Exception {
    Path file =
        cases(
            """
            policy: shop.yaml
            given: { counters: { paied: 1 } }
            cases:
              - name: a
                calls:
                  - { tool: pay, at: "2025-01-01T00:00:00Z", expect: { decision: permit } }
              - name: b
                given: { counters: { /tools/pay: 1 } }
                calls: [{ tool: pay, expect: { decision: permit } }]
            """);

    assertThatThrownBy(() -> TestRun.open(file, offline))
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()).replace(folder + "/", ""))
                    .isEqualTo(
                        """
                        shop.test.yaml: 3 problems
                          1. 2:29 /given/counters/paied: expected the name of a counter, or the id or pointer of a rule; found "paied". Did you mean "paid"?
                          2. 6:26 /cases/0/calls/0/at: expected a time that is not before 2026-01-01T00:00:00Z; found 2025-01-01T00:00:00Z
                          3. 8:38 /cases/1/given/counters/~1tools~1pay: expected the name of a counter, or the id or pointer of a rule; found "/tools/pay\"\
                        """));
  }

  @Test
  void whatAStepCannotBeIsSaidInItsOwnWords() throws Exception {
    Path file =
        cases(
            """
            policy: shop.yaml
            document: gateway.yaml
            cases:
              - name: a
                calls:
                  - { tool: pay, list: tools, expect: {} }
                  - { tool: pay, arguments: [1], repeat: 0 }
                  - { list: tools, arguments: {}, expect: {} }
                  - { tool: pay, expect: { decision: maybe, tools: [] } }
                  - { tol: pay }
              - { name: " ", calls: [] }
            """);

    assertThatThrownBy(() -> TestRun.open(file, offline))
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()).replace(folder + "/", ""))
                    .isEqualTo(
                        """
                        shop.test.yaml: 10 problems
                          1. 6:9 /cases/0/calls/0: expected one of tool, prompt, resource, list and person; found tool and list
                          2. 7:9 /cases/0/calls/1/expect: expected an object; found nothing
                          3. 7:33 /cases/0/calls/1/arguments: expected an object; found a list
                          4. 7:46 /cases/0/calls/1/repeat: expected a whole number from 1 to 1000000; found 0
                          5. 8:35 /cases/0/calls/2/arguments: expected no arguments beside list; found one
                          6. 8:47 /cases/0/calls/2/expect/tools: expected a list; found nothing
                          7. 9:42 /cases/0/calls/3/expect/decision: expected permit, deny, pending or refused; found "maybe"
                          8. 10:11 /cases/0/calls/4/tol: unknown key "tol"; expected tool, prompt, resource, list, person, arguments, grant, server, session, at, repeat, reply or expect. Did you mean "tool"?
                          9. 11:13 /cases/1/name: expected a name; found " "
                          10. 11:25 /cases/1/calls: expected at least one call; found an empty list\
                        """));
  }

  @Test
  void whatIsWrongWithThePolicyOnTestIsSaid() throws Exception {
    Files.writeString(folder.resolve("shop.yaml"), SHOP.replace("deny_if", "deny_iff"));
    Path file = cases("policy: shop.yaml\ncases: [{ name: a, calls: [{ person: approve }] }]\n");

    assertThatThrownBy(() -> TestRun.open(file, offline))
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()))
                    .startsWith(folder.resolve("shop.yaml") + ": 2 problems")
                    .contains("unknown rule kind \"deny_iff\""));
  }

  @Test
  void whatIsOnTestMustBeThere() throws Exception {
    Files.createDirectory(folder.resolve("policies"));
    assertThat(problems("policy: nowhere.yaml"))
        .isEqualTo(
            """
            shop.test.yaml: 1 problem
              1. 1:9 /policy: expected a file that exists; found "nowhere.yaml", which does not exist\
            """);
    assertThat(problems("document: policies"))
        .isEqualTo(
            """
            shop.test.yaml: 1 problem
              1. 1:11 /document: expected a file, and no folder; found "policies", which is a folder\
            """);
    assertThat(problems("policy: \"\""))
        .isEqualTo(
            """
            shop.test.yaml: 1 problem
              1. 1:9 /policy: expected a file beside this one; found ""\
            """);
    assertThat(problems("policy: \"a\\0b\""))
        .isEqualTo(
            """
            shop.test.yaml: 1 problem
              1. 1:9 /policy: expected a file beside this one; found "a\\u0000b"\
            """);
  }

  @Test
  void aDocumentIsNoTestFile() {
    assertThatThrownBy(() -> TestRun.open(folder.resolve("shop.yaml"), offline))
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()).replace(folder + "/", ""))
                    .isEqualTo(
                        "shop.yaml: 1 problem\n"
                            + "  1. 1:1: expected a test file, such as \"shop.test.yaml\"; found a"
                            + " document"));
  }

  private String problems(String subject) throws IOException {
    Path file = cases(subject + "\ncases: [{ name: a, calls: [{ person: approve }] }]\n");
    try (TestRun _ = TestRun.open(file, offline)) {
      throw new AssertionError("nothing is wrong with it");
    } catch (DocumentException e) {
      return Problem.text(e.problems()).replace(folder + "/", "");
    }
  }

  @Test
  void theSchemaOfTestFilesNamesEveryKey() {
    assertThat(TestFiles.schema().at("/properties").fieldNames())
        .toIterable()
        .containsExactly("policy", "document", "given", "cases");
    assertThat(TestFiles.schema().at("/$defs").size()).isGreaterThan(5);
    assertThat(TestFiles.schema().at("/$defs/dev.tollbar.trial.Step/oneOf")).hasSize(5);
  }
}
