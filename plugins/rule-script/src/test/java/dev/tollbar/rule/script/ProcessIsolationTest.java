package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Explanation;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Question;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts in worker processes: they say the same there, and nothing gets out. */
class ProcessIsolationTest {
  private static Scripts scripts;

  @BeforeAll
  static void startEngine() {
    scripts = new Scripts();
  }

  @AfterAll
  static void stopEngine() {
    scripts.close();
  }

  private static Rule rule(String source, TestContext context) {
    return scripts.apart(source, Duration.ofMillis(100), context);
  }

  private static Verdict verdict(String source, String arguments) throws InterruptedException {
    try (Rule rule = rule(source, new TestContext())) {
      return patiently(rule, TestCall.withArguments(arguments));
    }
  }

  /** What it says once a process is free: those that were killed are being replaced. */
  private static Verdict patiently(Rule rule, TestCall call) throws InterruptedException {
    Verdict busy =
        Scripts.failed("The scripts of this gateway are too busy to decide. Try again later.");
    Verdict verdict = rule.evaluate(call);
    for (int i = 0; i < 60 && verdict.equals(busy); i++) {
      verdict = rule.evaluate(call);
    }
    return verdict;
  }

  @Test
  void saysWhatItWouldSayInTheGateway() throws InterruptedException {
    assertThat(
            verdict("export default ({ args }) => args.amount === 100.01", "{\"amount\": 100.01}"))
        .isEqualTo(Verdict.permit());
    assertThat(verdict("export default ({ args }) => args.text", "{\"text\": \"ä€😀\"}"))
        .isEqualTo(Verdict.deny("ä€😀"));
    assertThat(verdict("export default () => '\\ud800'", "{}")).isEqualTo(Verdict.deny("\ud800"));
    assertThat(verdict("export default () => ask({ reason: 'Big.', within: '2h' })", "{}"))
        .isEqualTo(
            Verdict.ask(
                new Question(
                    "Big.", Optional.empty(), Duration.ofHours(2), Duration.ofSeconds(30), 1)));
    assertThat(verdict("export default () => 5", "{}"))
        .isEqualTo(Scripts.failed("The script of this rule returned nothing usable."));
  }

  @Test
  void seesWhatIsLeftOfLimitsOnceItReadsThem() throws InterruptedException {
    TestCall call =
        TestCall.of(
            """
            {"limits": [{"rule": "daily", "limit": "5.50 per day", "max": 5.50, "left": 0.25,
                         "resetsAt": "2026-11-24T00:00:00Z"}]}
            """);
    try (Rule rule =
        rule(
            """
            export default (call) => {
              console.log("looks");
              const [limit] = call.limits;
              return Object.values(limit).join(", ");
            };
            """,
            new TestContext())) {
      for (int i = 1; i <= 2; i++) {
        assertThat(patiently(rule, call))
            .isEqualTo(Verdict.deny("daily, 5.50 per day, 5.5, 0.25, 2026-11-24T00:00:00Z"));
        assertThat(call.looks()).hasValue(i);
        assertThat(call.lines()).hasSize(i);
      }
    }
    TestContext context = new TestContext();
    try (Rule rule = rule("export default (call) => call.limits.length > 0", context)) {
      assertThat(patiently(rule, TestCall.of("{\"limits\": \"counters are down\"}")))
          .isEqualTo(Scripts.failed("The script of this rule failed."));
      assertThat(context.log().getLast())
          .endsWith("source: call.limits cannot be told: counters are down");
    }
  }

  @Test
  void seesTheWholeCall() throws InterruptedException {
    String call =
        """
        {"tool": "pay", "args": {"a": [1, {"b": null}]}, "server": "shop", "grant": "ci",
         "labels": {"team": "ops"}, "category": "write", "annotations": {"readOnlyHint": false},
         "protocolRevision": "2025-06-18", "session": "s1", "time": "2026-11-23T10:00:00Z",
         "method": "tools/call"}
        """;
    String script = "export default (call) => JSON.stringify({ ...call })";
    try (Rule apart = rule(script, new TestContext());
        Rule here = scripts.inline(script)) {
      assertThat(patiently(apart, TestCall.of(call))).isEqualTo(here.evaluate(TestCall.of(call)));
    }
  }

  @Test
  void errorsConsoleAndExplanationsComeBack() throws InterruptedException {
    TestContext context = new TestContext();
    TestCall call = TestCall.withArguments("{\"amount\": 5}");
    try (Rule rule =
        rule(
            "export default ({ args }) => {\n  console.log(args.amount);\n  return args.a.b;\n}",
            context)) {
      assertThat(patiently(rule, call))
          .isEqualTo(Scripts.failed("The script of this rule failed."));
      Explanation explanation = rule.explain(call);
      assertThat(explanation.observations())
          .extracting(seen -> seen.subject() + " " + seen.text())
          .containsExactly(
              "args.amount is 5",
              "args.a is not there",
              "console says 5",
              "script gave no verdict: source:3:10: TypeError: Cannot read property 'b' of"
                  + " undefined in \"return args.a.b;\"");
    }
    assertThat(call.lines()).contains("/tools/create_refund/script: 5");
    assertThat(context.log())
        .last()
        .isEqualTo(
            "support /tools/create_refund/script: script gave no verdict: source:3:10: TypeError:"
                + " Cannot read property 'b' of undefined in \"return args.a.b;\"");
  }

  @Test
  void whatCannotBeLoadedIsSaid() {
    assertThatThrownBy(() -> rule("export default (", new TestContext()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "source: expected a JavaScript module with a default export; found a syntax error at"
                + " source:1:17: Expected an operand but found eof in \"export default (\"");
    assertThatThrownBy(() -> rule("while (true) {}\nexport default () => true", new TestContext()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "source: expected a JavaScript module with a default export; found source, which ran"
                + " too long while it was loaded");
  }

  @Test
  void importsAreReadByTheGateway() throws InterruptedException {
    TestContext context =
        new TestContext(
            Map.of(
                "lib/a.js", "import { b } from './b.js'; export const a = `a${b}`",
                "lib/b.js", "export const b = 'b'"));
    try (Rule rule = rule("import { a } from './lib/a.js'; export default () => a", context)) {
      assertThat(patiently(rule, TestCall.of("{}"))).isEqualTo(Verdict.deny("ab"));
    }
    assertThatThrownBy(() -> rule("import '../../etc/passwd'; export default () => true", context))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("source: expected a file of the document's folder; found ../../etc/passwd");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "function f() { try { return f() } catch (e) { return f() } } return f()",
        "while (true) {}",
        "return /^(a+)+\\1$/.test('a'.repeat(34) + '!')",
        "const a = []; while (true) a.push(new Array(1000).fill(1.5))",
        "(async () => { for (;;) await null })()",
      })
  void whatCannotBeStoppedIsKilled(String body) throws InterruptedException {
    try (Rule bad = rule("export default () => { " + body + " }", new TestContext());
        Rule good = rule("export default () => true", new TestContext())) {
      assertThat(patiently(bad, TestCall.of("{}")))
          .isIn(
              Scripts.failed("The script of this rule took too long."),
              Scripts.failed("The script of this rule used too much memory."));
      assertThat(patiently(good, TestCall.of("{}"))).isEqualTo(Verdict.permit());
    }
  }

  @Test
  void whatIsKilledAgainAndAgainIsQuarantined() throws InterruptedException {
    try (Rule bad = rule("export default () => { for (;;); }", new TestContext())) {
      for (int i = 0; i < Conduct.MOST_RUNAWAYS; i++) {
        assertThat(patiently(bad, TestCall.of("{}")))
            .isEqualTo(Scripts.failed("The script of this rule took too long."));
      }
      assertThat(bad.outage()).isPresent();
    }
  }

  @Test
  void manyCallersGetTheirOwnAnswers() throws InterruptedException {
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    try (Rule rule = rule("export default ({ args }) => `${args.caller}`", new TestContext())) {
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 16; caller++) {
        String arguments = "{\"caller\": " + caller + "}";
        Verdict expected = Verdict.deny(Integer.toString(caller));
        callers.add(
            Thread.startVirtualThread(() -> {
              try {
                for (int i = 0; i < 20; i++) {
                  Verdict verdict = patiently(rule, TestCall.withArguments(arguments));
                  if (!verdict.equals(expected)) {
                    wrong.add(arguments + " " + verdict);
                  }
                }
              } catch (InterruptedException e) {
                wrong.add("interrupted");
              }
            }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void aCallerThatLeavesDoesNotCostTheProcess() throws InterruptedException {
    String busy = "export default () => { for (let i = 0; i < 300000; i++); return true }";
    try (Rule rule = scripts.apart(busy, Duration.ofSeconds(5), new TestContext())) {
      assertThat(patiently(rule, TestCall.of("{}"))).isEqualTo(Verdict.permit());
      List<Long> before = scripts.processes();
      for (int i = 0; i < 4; i++) {
        Queue<Object> ends = new ConcurrentLinkedQueue<>();
        Thread caller =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    ends.add(rule.evaluate(TestCall.of("{}")));
                  } catch (InterruptedException e) {
                    ends.add("interrupted");
                  }
                });
        while (caller.getState() != Thread.State.TIMED_WAITING && caller.isAlive()) {
          Thread.onSpinWait();
        }
        caller.interrupt();
        caller.join();
        assertThat(ends).containsAnyOf("interrupted", Verdict.permit());
      }
      for (int i = 0; i < 2 * ScriptEngine.WORKERS; i++) {
        assertThat(patiently(rule, TestCall.of("{}"))).isEqualTo(Verdict.permit());
      }
      assertThat(scripts.processes()).containsAll(before);
    }
  }

  @Test
  void aWorkerEndsWithTheGatewayEvenWhenThatIsKilled() throws IOException, InterruptedException {
    Process gateway =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Orphans.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<ProcessHandle> workers = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(gateway.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("worker ")) {
          workers.add(ProcessHandle.of(Long.parseLong(line.substring(7))).orElseThrow());
        }
        if (line.equals("stuck")) {
          break;
        }
      }
      assertThat(workers).isNotEmpty().allMatch(ProcessHandle::isAlive);

      gateway.destroyForcibly().waitFor();

      assertThat(workers)
          .allSatisfy(worker -> assertThat(worker.onExit()).succeedsWithin(30, TimeUnit.SECONDS));
    } finally {
      gateway.destroyForcibly();
    }
  }

  @Test
  void aFrameLongerThanTheBoundIsRefused() {
    assertThatThrownBy(() -> frame(0, 0, 0, 9, 1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> frame(-1, -1, -1, -1)).hasMessage("a frame of -1 bytes");
    assertThatThrownBy(() -> frame(0, 0, 0, 5, 1, 2)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Frames.json("{} {}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class);
  }

  private static byte[] frame(int... bytes) throws IOException {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return Frames.read(new DataInputStream(new ByteArrayInputStream(all)), 8);
  }
}
