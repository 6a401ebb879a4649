package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Question;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptRuleTest {
  private static Scripts scripts;

  @BeforeAll
  static void startEngine() {
    scripts = new Scripts();
  }

  @AfterAll
  static void stopEngine() {
    scripts.close();
  }

  @Test
  void truePermitsAndFalseDenies() throws InterruptedException {
    String script = "export default (call) => call.args.amount <= 100";

    assertThat(scripts.verdict(script, "{\"amount\": 100}")).isEqualTo(Verdict.permit());
    assertThat(scripts.verdict(script, "{\"amount\": 100.01}"))
        .isEqualTo(Verdict.deny("The script of this rule denies the call."));
  }

  @Test
  void aStringDeniesWithThatReason() throws InterruptedException {
    assertThat(scripts.verdict("export default () => 'Ask Ann.'", "{}"))
        .isEqualTo(Verdict.deny("Ask Ann."));
  }

  @Test
  void allowDenyAndAskSayTheSameInWords() throws InterruptedException {
    assertThat(scripts.verdict("export default () => allow()", "{}")).isEqualTo(Verdict.permit());
    assertThat(scripts.verdict("export default () => deny('No.')", "{}"))
        .isEqualTo(Verdict.deny("No."));
    assertThat(scripts.verdict("export default () => deny()", "{}"))
        .isEqualTo(Verdict.deny("The script of this rule denies the call."));
    assertThat(scripts.verdict("export default () => ask()", "{}"))
        .isEqualTo(
            Verdict.ask(
                new Question(
                    "", Optional.empty(), Duration.ofMinutes(15), Duration.ofSeconds(30), 1)));
    assertThat(
            scripts.verdict(
                """
                export default () =>
                  ask({ reason: "Big.", webhook: "ops", within: "2h", hold: "5s", approvers: 2 })
                """,
                "{}"))
        .isEqualTo(
            Verdict.ask(
                new Question(
                    "Big.", Optional.of("ops"), Duration.ofHours(2), Duration.ofSeconds(5), 2)));
  }

  @Test
  void peopleAreAskedAsTheApprovalRuleAsks() throws InterruptedException {
    assertThat(
            scripts.verdict(
                """
                export default () => ask({
                  reason: "Big.", webhook: "ops", within: "30d", hold: "10m", approvers: 2147483647,
                  reuse: "1h", via: "elicitation",
                })
                """,
                "{}"))
        .isEqualTo(
            Verdict.ask(
                new Question(
                    "Big.",
                    Optional.of("ops"),
                    Duration.ofDays(30),
                    Duration.ofMinutes(10),
                    Integer.MAX_VALUE,
                    Duration.ofHours(1),
                    Question.Via.ELICITATION)));
    assertThat(
            scripts.verdict(
                """
                export default () => ask({
                  reason: undefined, within: "1s", hold: "0s", reuse: "once", via: "people",
                })
                """,
                "{}"))
        .isEqualTo(
            Verdict.ask(
                new Question("", Optional.empty(), Duration.ofSeconds(1), Duration.ZERO, 1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reason: 5          | reason: expected a string; found 5
          webhook: ["ops"]   | webhook: expected a string; found a list
          within: "soon"     | within: expected a duration such as "30s", "15m" or "2h"; found "soon"
          within: "500ms"    | within: expected a duration such as "30s", "15m" or "2h"; found "500ms"
          within: "0s"       | within: expected a duration from 1s to 30d; found "0s"
          within: "31d"      | within: expected a duration from 1s to 30d; found "31d"
          hold: "11m"        | hold: expected a duration from 0s to 10m; found "11m"
          hold: null         | hold: expected a duration such as "30s", "15m" or "2h"; found null
          approvers: 0       | approvers: expected a whole number, 1 or more; found 0
          approvers: 1.5     | approvers: expected a whole number; found 1.5
          approvers: 1 / 0   | approvers: expected a whole number; found null
          approvers: 1e10    | approvers: expected a whole number, 1 or more; found 10000000000
          reuse: "always"    | reuse: expected "once", or a duration from 1s to 30d such as "1h"; found "always"
          reuse: "31d"       | reuse: expected "once", or a duration from 1s to 30d such as "1h"; found "31d"
          via: "phone"       | via: expected people or elicitation; found "phone"
          via: () => {}      | via: expected people or elicitation; found an object
          __proto__: null, toJSON: {}             | unknown key "toJSON"; expected reason, webhook, within, hold, approvers, reuse or via
          via: "elicitation", hold: "0s"          | hold: expected more than 0s beside via: elicitation; found "0s"
          within: "soon", hold: 1, approvers: -1  | hold: expected a duration such as "30s", "15m" or "2h"; found 1, and within: expected a duration such as "30s", "15m" or "2h"; found "soon", and approvers: expected a whole number, 1 or more; found -1
          """)
  void whatPeopleCannotBeAskedLikeIsSaidInTheWordsOfTheApprovalRule(String options, String problems)
      throws InterruptedException {
    assertThat(
            scripts.says(
                """
                export default () => {
                  try {
                    ask({ %s });
                  } catch (error) {
                    return `${error.name} ${error.message}`;
                  }
                  return "asked";
                };
                """
                    .formatted(options)))
        .isEqualTo("TypeError ask(): " + problems);
  }

  private static final String NEARLY_SPENT =
      """
      {"limits": [
        {"rule": "daily", "limit": "1000.50 per day", "max": 1000.50, "left": 0.10,
         "resetsAt": "2026-11-24T00:00:00Z"},
        {"rule": "/all_tools/limits/0", "limit": "5 at once", "max": 5, "left": 4}
      ]}
      """;

  @Test
  void whatIsLeftOfLimitsIsLookedUpForScriptsThatReadItAndNoOthers() throws InterruptedException {
    TestCall call = TestCall.of(NEARLY_SPENT);
    try (Rule rule =
        scripts.inline("export default (call) => \"limits\" in call && call.tool !== \"\"")) {
      assertThat(rule.evaluate(call)).isEqualTo(Verdict.permit());
      assertThat(call.looks()).hasValue(0);
    }
    try (Rule rule =
        scripts.inline(
            """
            export default (call) => {
              console.log("looks");
              return JSON.stringify(call.limits) + (call.limits[1].resetsAt === undefined);
            };
            """)) {
      for (int i = 1; i <= 3; i++) {
        assertThat(rule.evaluate(call))
            .isEqualTo(
                Verdict.deny(
                    "[{\"rule\":\"daily\",\"limit\":\"1000.50 per day\",\"max\":1000.5,\"left\":0.1,"
                        + "\"resetsAt\":\"2026-11-24T00:00:00Z\"},"
                        + "{\"rule\":\"/all_tools/limits/0\",\"limit\":\"5 at once\",\"max\":5,"
                        + "\"left\":4}]true"));
        assertThat(call.looks()).hasValue(i);
        assertThat(call.lines()).hasSize(i);
      }
    }
  }

  @Test
  void aScriptThatCatchesWhateverComesStillGetsItsLimits() throws InterruptedException {
    TestCall call = TestCall.of(NEARLY_SPENT);
    try (Rule rule =
        scripts.inline(
            """
            export default (call) => {
              let left = "none";
              try { left = call.limits[0].left; } catch { }
              return `left: ${left}`;
            };
            """)) {
      assertThat(rule.evaluate(call)).isEqualTo(Verdict.deny("left: 0.1"));
    }
  }

  @Test
  void limitsThatCannotBeToldDenyUnlessTheScriptCatchesThat() throws InterruptedException {
    TestContext context = new TestContext();
    TestCall call = TestCall.of("{\"limits\": \"the counters are out of reach\"}");
    try (Rule rule =
        scripts.inline(
            "export default (call) => call.limits.length === 0", Scripts.USUAL_TIME, context)) {
      assertThat(rule.evaluate(call)).isEqualTo(Scripts.failed("The script of this rule failed."));
    }
    assertThat(context.log())
        .containsExactly(
            "support /tools/create_refund/script: script gave no verdict: source: call.limits cannot"
                + " be told: the counters are out of reach");
    try (Rule rule =
        scripts.inline(
            """
            export default (call) => {
              try { return call.limits.length > 0; } catch { return "Come back later."; }
            };
            """)) {
      assertThat(rule.evaluate(call)).isEqualTo(Verdict.deny("Come back later."));
    }
  }

  @Test
  void whoAsksWhySeesWhichLimitsWereRead() throws InterruptedException {
    try (Rule rule = scripts.inline("export default (call) => call.limits[0].left >= 1")) {
      assertThat(rule.explain(TestCall.of(NEARLY_SPENT)).observations())
          .extracting(seen -> seen.subject() + " " + seen.text())
          .contains("limits[0].left is 0.1");
    }
  }

  @Test
  void aVeryLongReasonIsCut() throws InterruptedException {
    assertThat(scripts.says("export default () => 'x'.repeat(5000)")).hasSize(1001);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                     | it returned undefined
          { return null }                        | it returned null
          { return 1 }                           | it returned a number
          { return call }                        | it returned an object
          { return [true] }                      | it returned an array
          { return { permit: true } }            | it returned an object
          { return Promise.resolve(true) }       | it returned a promise
          { return () => true }                  | it returned a function
          """)
  void whatIsNoVerdictDenies(String body, String detail) throws InterruptedException {
    TestContext context = new TestContext();
    try (Rule rule =
        scripts.inline("export default (call) => " + body, Scripts.USUAL_TIME, context)) {
      assertThat(rule.evaluate(TestCall.of("{}")))
          .isEqualTo(Scripts.failed("The script of this rule returned nothing usable."));
    }
    assertThat(context.log())
        .containsExactly("support /tools/create_refund/script: script gave no verdict: " + detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          throw new Error("for the log")  | source:2:9: Error: for the log in "throw new Error(\\"for the log\\")"
          return call.args.a.b            | source:2:10: TypeError: Cannot read property 'b' of undefined in "return call.args.a.b"
          return deny(5)                  | source:2:10: TypeError: deny(): the reason must be a string. in "return deny(5)"
          return ask("Ann")               | source:2:10: TypeError: ask() takes an object such as { reason: "…", within: "30m" }. in "return ask(\\"Ann\\")"
          return ask({ resaon: "Ann" })   | source:2:10: TypeError: ask(): unknown key "resaon"; expected reason, webhook, within, hold, approvers, reuse or via in "return ask({ resaon: \\"Ann\\" })"
          return ask({ approvers: "2" })  | source:2:10: TypeError: ask(): approvers: expected a whole number; found "2" in "return ask({ approvers: \\"2\\" })"
          """)
  void anExceptionDeniesAndOnlyTheLogSaysMore(String statement, String detail)
      throws InterruptedException {
    TestContext context = new TestContext();
    String script = "export default (call) => {\n  " + statement + "\n}";
    try (Rule rule = scripts.inline(script, Scripts.USUAL_TIME, context)) {
      assertThat(rule.evaluate(TestCall.of("{}")))
          .isEqualTo(Scripts.failed("The script of this rule failed."));
    }
    assertThat(context.log())
        .containsExactly("support /tools/create_refund/script: script gave no verdict: " + detail);
  }

  @Test
  void aScriptSeesTheWholeCallAndNothingElse() throws InterruptedException {
    String call =
        """
        {"tool": "pay", "args": {"a": [1, {"b": null}]}, "server": "shop", "grant": "ci",
         "labels": {"team": "ops"}, "category": "write", "annotations": {"readOnlyHint": false},
         "protocolRevision": "2025-06-18", "session": "s1", "time": "2026-11-23T10:00:00Z",
         "method": "tools/call"}
        """;
    try (Rule rule = scripts.inline("export default (call) => JSON.stringify({ ...call })")) {
      assertThat(rule.evaluate(TestCall.of(call)))
          .isEqualTo(
              Verdict.deny(
                  "{\"tool\":\"pay\",\"args\":{\"a\":[1,{\"b\":null}]},\"server\":\"shop\","
                      + "\"grant\":\"ci\",\"labels\":{\"team\":\"ops\"},"
                      + "\"annotations\":{\"readOnlyHint\":false},"
                      + "\"protocolRevision\":\"2025-06-18\",\"time\":\"2026-11-23T10:00:00Z\","
                      + "\"method\":\"tools/call\",\"limits\":[],\"category\":\"write\",\"session\":\"s1\"}"));
    }
  }

  @Test
  void editorsAreToldOfEverythingThatIsThere() throws IOException, InterruptedException {
    String declared = Files.readString(Path.of("../../scripts-examples/scripts/tollbar.d.ts"));
    String call = "{\"category\": \"read\", \"session\": \"s1\"}";
    try (Rule rule = scripts.inline("export default (call) => Object.keys(call).join()")) {
      String keys = ((Verdict.Deny) rule.evaluate(TestCall.of(call))).reason();
      assertThat(List.of(keys.split(",")))
          .contains("tool", "limits", "session")
          .allSatisfy(key -> assertThat(declared).containsPattern("readonly " + key + "\\??: "));
    }
    String question = declared.substring(declared.indexOf("interface Question"));
    assertThat(List.of("reason", "webhook", "within", "hold", "approvers", "reuse", "via"))
        .allSatisfy(key -> assertThat(question).contains("  " + key + "?: "));
  }

  @Test
  void whatACallDoesNotHaveIsUndefined() throws InterruptedException {
    assertThat(
            scripts.says(
                """
                export default (call) =>
                  [call.session, call.category, call.args.x, call.nothing].join() + ("session" in call)
                """))
        .isEqualTo(",,,false");
  }

  @Test
  void listsHaveTheMethodsOfArrays() throws InterruptedException {
    assertThat(
            scripts.says(
                """
                export default ({ args: { list } }) => [
                  Array.isArray(list), list.length, list.includes("b"), list.map((x) => x + 1),
                  list.filter((x) => x !== "a"), [...list].reverse(), list.at(-1), list.at(9),
                ].join(" ")
                """,
                "{\"list\": [\"a\", \"b\"]}"))
        .isEqualTo("true 2 true a1,b1 b b,a b ");
  }

  @Test
  void aNumberIsTheNearestJavaScriptNumber() throws InterruptedException {
    assertThat(
            scripts.says(
                """
                export default ({ args }) =>
                  Object.values(args).map((value) => `${typeof value} ${value}`).join(", ")
                """,
                """
                {"a": 7, "b": 0.1, "c": 9007199254740993, "d": 100.00000000000000001, "e": 1e400,
                 "f": -1e400}
                """))
        .isEqualTo(
            "number 7, number 0.1, number 9007199254740992, number 100, number Infinity,"
                + " number -Infinity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          call.tool = "other"
          call.args.amount = 1
          call.args.more = 1
          call.args.list.push(2)
          call.args.list[0] = 2
          call.args.list.length = 0
          delete call.args.amount
          Object.defineProperty(call.args, "amount", { value: 1 })
          Object.setPrototypeOf(call.args, { amount: 1 })
          Object.assign(call.labels, { team: "ops" })
          """)
  void aCallCannotBeChanged(String change) throws InterruptedException {
    String script =
        """
        export default (call) => {
          const before = JSON.stringify({ ...call });
          try {
            CHANGE;
          } catch (error) {
            return `${error.name} ${JSON.stringify({ ...call }) === before}`;
          }
          return "changed";
        }
        """
            .replace("CHANGE", change);
    assertThat(scripts.says(script, "{\"amount\": 5, \"list\": [1]}")).isEqualTo("TypeError true");
  }

  @Test
  void theTimeOfTheCallIsTheOnlyClock() throws InterruptedException {
    assertThat(
            scripts.says(
                """
                export default (call) => {
                  const attempts = [() => new Date(), () => Date(), () => Date.now(), () => Math.random()];
                  const answers = attempts.map((attempt) => {
                    try { return String(attempt()); } catch (error) { return error.name; }
                  });
                  const time = new Date(call.time);
                  return [...answers, time.getUTCHours(), time instanceof Date, time.getTimezoneOffset()].join(" ");
                }
                """))
        .isEqualTo("TypeError TypeError TypeError TypeError 10 true 0");
  }

  @Test
  void timeZonesAreKnown() throws InterruptedException {
    assertThat(
            scripts.says(
                """
                export default (call) => new Date(call.time).toLocaleString("en-GB",
                  { timeZone: "America/New_York", weekday: "short", hour: "2-digit", hourCycle: "h23" })
                """))
        .isEqualTo("Mon, 05");
  }

  @Test
  void nothingThatAScriptDeclaresOutlivesACall() throws InterruptedException {
    try (Rule rule =
        scripts.inline(
            """
            let count = 0;
            const seen = [];
            const pattern = /a/g;
            export default (call) => {
              count++;
              seen.push(call.tool);
              pattern.test("aa");
              return `${count} ${seen.length} ${pattern.lastIndex}`;
            };
            """)) {
      for (int i = 0; i < 5; i++) {
        assertThat(rule.evaluate(TestCall.of("{}"))).isEqualTo(Verdict.deny("1 1 1"));
      }
    }
  }
}
