package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Question;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
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
          { return ask({ approvers: 0 }) }       | ask(): approvers must be a whole number from 1 to 100
          { return ask({ approvers: 1.5 }) }     | ask(): approvers must be a whole number from 1 to 100
          { return ask({ within: "soon" }) }     | ask(): within must be a duration such as "15m", at most 30d
          { return ask({ within: "31d" }) }      | ask(): within must be a duration such as "15m", at most 30d
          { return ask({ hold: "2h" }) }         | ask(): hold must be a duration such as "15m", at most 1h
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
          return ask({ resaon: "Ann" })   | source:2:10: TypeError: ask(): there is no option resaon. in "return ask({ resaon: \\"Ann\\" })"
          return ask({ approvers: "2" })  | source:2:10: TypeError: ask(): approvers must be a number. in "return ask({ approvers: \\"2\\" })"
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
                      + "\"method\":\"tools/call\",\"category\":\"write\",\"session\":\"s1\"}"));
    }
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
