package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
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
        "return ask({ get reason() { while (true) {} } })",
        "return ask(new Proxy({}, { ownKeys() { while (true) {} } }))",
        "return deny({ toString() { while (true) {} } }.toString())",
        "return JSON.stringify({ toJSON() { while (true) {} } })",
        "class V { static [Symbol.hasInstance]() { while (true) {} } } return 1 instanceof V",
        "return 'a'.repeat(30).replace(/(?=(a+)+\\1b)a/g, '')",
        "return new RegExp('(x+x+)+\\\\1y').test('x'.repeat(40))",
        "return 'x'.repeat(99).replaceAll('x', () => { while (true) {} })",
        "label: for (;;) { try { continue label } finally { continue label } }",
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
        "Promise.resolve().then(function again() { return Promise.resolve().then(again) })",
        "for (const x of { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) });",
        "(async () => { for (;;) await null })()",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, {})",
        "const f = () => { const a = new Array(1000).fill(0); return () => a }; const k = []; for (;;) k.push(f())",
        "let o = {}; for (;;) o = { o, p: [o] }",
        "return JSON.stringify(new Array(5000000).fill('xxxxxxxx'))",
        "return Array.from({ length: 1e9 }, () => [])",
        "return deny('x'.repeat(1e7) + 'y'.repeat(1e7) ).length || [...'z'.repeat(1e7)]",
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
        "const a = []; a.push(a); return a.flat(Infinity)",
        "const o = { toJSON() { return { o: this } } }; return JSON.stringify(o)",
        "JSON.parse('['.repeat(100000))",
        "const p = new Proxy({}, { get(t, k, r) { return r[k] } }); return p.x",
        "return new RegExp('('.repeat(100000) + ')'.repeat(100000)).test('x')",
        "let o = {}; for (let i = 0; i < 20000; i++) o = { o }; return JSON.stringify(o)",
        "class A { get x() { return this.x } } return new A().x",
        "throw { get message() { while (true) {} }, toString() { while (true) {} } }",
      })
  void survivesWhatFailsByItself(String body) throws InterruptedException {
    // Time enough: on a busy machine some of it would be stopped before it fails.
    Duration time = Duration.ofSeconds(5);
    try (Rule rule =
        scripts.inline("export default () => { " + body + " }", time, new TestContext())) {
      assertThat(rule.evaluate(TestCall.of("{}")))
          .isEqualTo(Scripts.failed("The script of this rule failed."));
    }
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
                  typeof quit, typeof read, typeof setTimeout, typeof Worker, typeof eval,
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
  void aReasonIsCutBeforeItLeavesTheScript() throws InterruptedException {
    assertThat(scripts.says("export default () => deny('x'.repeat(1e6))"))
        .isEqualTo("x".repeat(1000) + "…");
    assertThat(scripts.says("export default () => 'x'.repeat(1000)")).isEqualTo("x".repeat(1000));
    assertThat(scripts.verdict("export default () => ask({ reason: 'x'.repeat(1e6) })", "{}"))
        .isInstanceOfSatisfying(
            Verdict.Ask.class, ask -> assertThat(ask.question().reason()).hasSize(1001));
  }

  @Test
  void hugeArgumentsCostOnlyWhatIsLookedAt() throws InterruptedException {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      keys.append("\"k").append(i).append("\": [").append(i).append("], ");
    }
    String arguments = "{" + keys + "\"text\": \"" + "a".repeat(5_000_000) + "\"}";
    assertThat(
            scripts.says("export default ({ args }) => args.k99999[0] + args.text[4]", arguments))
        .isEqualTo("99999a");
    assertThat(
            scripts.verdict("export default ({ args }) => /^(a+)+\\1b/.test(args.text)", arguments))
        .isIn(
            Scripts.failed("The script of this rule took too long."),
            Scripts.failed("The script of this rule failed."));
    assertThat(
            scripts.verdict(
                "export default ({ args }) => { const a = []; for (;;) a.push({ ...args }) }",
                arguments))
        .isIn(
            Scripts.failed("The script of this rule took too long."),
            Scripts.failed("The script of this rule used too much memory."));
  }

  @Test
  void whatACallLeftBehindInPromisesCannotTouchTheNext() throws InterruptedException {
    try (Rule rule =
        scripts.inline(
            """
            let answer = "mine";
            export default ({ args }) => {
              if (args.round === 0) {
                Promise.resolve().then(() => { answer = "leaked"; });
                throw new Error("leaves a promise job behind");
              }
              return answer;
            };
            """)) {
      for (int round = 0; round < 4; round++) {
        Verdict verdict = rule.evaluate(TestCall.withArguments("{\"round\": " + round + "}"));
        assertThat(verdict)
            .isEqualTo(
                round == 0
                    ? Scripts.failed("The script of this rule failed.")
                    : Verdict.deny("mine"));
      }
    }
  }

  @Test
  void aCallThatUsesUpItsStatementsIsStoppedAndTheNextHasItsOwn() {
    try (Sandbox sandbox = new Sandbox()) {
      Context context = sandbox.context(10_000);
      Value loop = context.eval("js", "(n) => { let i = 0; while (i < n) i++; return i }");
      for (int i = 0; i < 5; i++) {
        context.resetLimits();
        assertThat(loop.execute(3_000).asInt()).isEqualTo(3_000);
      }
      assertThatThrownBy(() -> loop.execute(20_000))
          .isInstanceOfSatisfying(
              PolyglotException.class, e -> assertThat(e.isResourceExhausted()).isTrue());
      context.close(true); // a plain close() throws what the context ended with
    }
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
