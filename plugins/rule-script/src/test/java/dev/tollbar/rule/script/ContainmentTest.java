package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script may try, and that the next one does not notice. */
class ContainmentTest {
  private static Scripts scripts;

  @BeforeAll
  static void startEngine() {
    scripts = new Scripts();
  }

  @AfterAll
  static void stopEngine() {
    scripts.close();
  }

  @AfterEach
  void otherScriptsStillAnswer() throws InterruptedException {
    for (int i = 0; i < 2 * ScriptEngine.WORKERS; i++) {
      assertThat(scripts.verdict("export default () => true", "{}")).isEqualTo(Verdict.permit());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while (true) {}",
        "for (;;) { try { while (true) {} } catch (e) {} finally { while (true) {} } }",
        "return /^(a+)+\\1$/.test('a'.repeat(34) + '!')",
        "return new Array(1000).fill(7).sort(() => { while (true) {} }).length",
        "return new Proxy({}, { getPrototypeOf() { while (true) {} } })",
        "return `${{ toString() { while (true) {} } }}`",
        "new Array(4294967295).indexOf(7); while (true) {}",
        "return [1].map(() => { for (;;); })",
      })
  void stopsWhatTakesTooLong(String body) throws InterruptedException {
    Duration time = Duration.ofMillis(50);
    TestContext context = new TestContext();
    try (Rule rule = scripts.inline("export default () => { " + body + " }", time, context)) {
      for (int i = 0; i < 3; i++) {
        assertThat(rule.evaluate(TestCall.of("{}")))
            .isEqualTo(Scripts.failed("The script of this rule took too long."));
      }
    }
    assertThat(context.log())
        .hasSize(3)
        .containsOnly(
            "support /tools/create_refund/script: script gave no verdict: ran longer than 50ms");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "const a = []; while (true) a.push(new Array(1000).fill(1.5))",
        "const a = []; while (true) a.push({})",
        "let s = 'x'; for (;;) { s = (s + s).slice(0, 4e6).replace(/x/g, 'y') }",
        "return new Array(300000000).join('x')",
      })
  void stopsWhatAllocatesTooMuch(String body) throws InterruptedException {
    Duration time = Duration.ofSeconds(5);
    TestContext context = new TestContext();
    try (Rule rule = scripts.inline("export default () => { " + body + " }", time, context)) {
      assertThat(rule.evaluate(TestCall.of("{}")))
          .isEqualTo(Scripts.failed("The script of this rule used too much memory."));
    }
    assertThat(context.log())
        .containsExactly(
            "support /tools/create_refund/script: script gave no verdict: allocated more than 16MB");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "function f() { return 1 + f() } return f()",
        "let s = 'x'; while (true) s += s",
        "throw { get message() { while (true) {} }, toString() { while (true) {} } }",
      })
  void survivesWhatFailsByItself(String body) throws InterruptedException {
    assertThat(scripts.verdict("export default () => { " + body + " }", "{}"))
        .isEqualTo(Scripts.failed("The script of this rule failed."));
  }

  @Test
  void neverRunsTheGettersOfAResult() throws InterruptedException {
    String script =
        """
        export default () => ({
          get permit() { while (true) {} },
          valueOf() { while (true) {} },
          toString() { while (true) {} },
          [Symbol.toPrimitive]() { while (true) {} },
        })
        """;
    assertThat(scripts.verdict(script, "{}"))
        .isEqualTo(Scripts.failed("The script of this rule returned nothing usable."));
  }

  @Test
  void whatReachesOutOfAScriptIsNotThere() throws InterruptedException {
    assertThat(
            scripts.says(
                """
                export default () => [
                  typeof Java, typeof Packages, typeof java, typeof Polyglot, typeof Graal, typeof load,
                  typeof loadWithNewGlobal, typeof require, typeof fetch, typeof process, typeof print,
                  typeof console, typeof quit, typeof read, typeof setTimeout, typeof Worker, typeof eval,
                  typeof Function, typeof BigInt, typeof SharedArrayBuffer, typeof ArrayBuffer, typeof Uint8Array,
                  typeof Atomics, typeof WebAssembly, typeof WeakRef, typeof FinalizationRegistry,
                ].filter((type) => type !== "undefined").length + " " + typeof JSON
                """))
        .isEqualTo("0 object");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(() => {}).constructor('return 1')()",
        "(function* () {}).constructor('return 1')()",
        "(async () => {}).constructor('return 1')()",
        "(class {}).constructor.constructor('return 1')()",
      })
  void codeCannotBeMadeOfText(String attempt) throws InterruptedException {
    String script =
        "export default () => { try { return typeof "
            + attempt
            + " } catch (e) { return e.name } }";
    assertThat(scripts.says(script)).isEqualTo("EvalError");
  }

  @Test
  void aDynamicImportFindsNothing() throws InterruptedException {
    assertThat(scripts.verdict("export default () => import('/etc/hosts')", "{}"))
        .isEqualTo(Scripts.failed("The script of this rule returned nothing usable."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "globalThis.leak = 1",
        "Object.prototype.leak = 1",
        "Array.prototype.includes = () => true",
        "Array.prototype.includes.leak = 1",
        "String.prototype.leak = 1",
        "JSON.parse = () => 1",
        "Math.leak = 1",
        "Object.getPrototypeOf(function* () {}).leak = 1",
        "Object.getPrototypeOf([][Symbol.iterator]()).leak = 1",
        "Object.getPrototypeOf(async () => {}).leak = 1",
        "Object.getPrototypeOf(call).leak = 1",
        "Object.getPrototypeOf(call.args.list).leak = 1",
        "allow.leak = 1",
        "Object.getPrototypeOf(deny('x')).leak = 1",
        "deny('x').leak = 1",
        "Intl.DateTimeFormat.leak = 1",
        "Date.now = () => 1",
        "new Error('x').constructor.stackTraceLimit = 1",
        "undeclared = 1",
      })
  void whatAllCallsShareCannotBeChanged(String change) throws InterruptedException {
    String script =
        """
        export default (call) => {
          try {
            CHANGE;
          } catch (error) {
            return error.name;
          }
          return "changed";
        }
        """
            .replace("CHANGE", change);
    assertThat(scripts.says(script, "{\"list\": []}")).isIn("TypeError", "ReferenceError");
  }

  @Test
  void regularExpressionsLeaveNoTrace() throws InterruptedException {
    try (Rule rule =
        scripts.inline(
            """
            export default () => {
              const before = String(RegExp.$1) + String(RegExp.lastMatch);
              /(s.*t)/.test("a secret");
              return before;
            }
            """)) {
      Verdict first = rule.evaluate(TestCall.of("{}"));
      for (int i = 0; i < 3; i++) {
        assertThat(rule.evaluate(TestCall.of("{}"))).isEqualTo(first);
      }
    }
  }

  @Test
  void anInterruptEndsTheWait() throws InterruptedException {
    try (Rule rule =
        scripts.inline(
            "export default () => { while (true) {} }", Duration.ofMillis(50), new TestContext())) {
      Thread.currentThread().interrupt();
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> rule.evaluate(TestCall.of("{}"))))
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }
}
