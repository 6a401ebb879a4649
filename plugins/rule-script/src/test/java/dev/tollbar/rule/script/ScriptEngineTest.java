package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.SandboxPolicy;
import org.junit.jupiter.api.Test;

class ScriptEngineTest {

  @Test
  void manyCallersGetTheirOwnAnswers() throws InterruptedException {
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    try (Scripts scripts = new Scripts();
        Rule rule = scripts.inline("export default ({ args }) => `${args.caller}/${args.round}`")) {
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 64; caller++) {
        int number = caller;
        callers.add(Thread.startVirtualThread(() -> call(rule, number, wrong)));
      }
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void call(Rule rule, int caller, Queue<String> wrong) {
    try {
      for (int round = 0; round < 100; round++) {
        String arguments = "{\"caller\": " + caller + ", \"round\": " + round + "}";
        Verdict verdict = rule.evaluate(TestCall.withArguments(arguments));
        if (!verdict.equals(Verdict.deny(caller + "/" + round))) {
          wrong.add(arguments + " " + verdict);
        }
      }
    } catch (InterruptedException e) {
      wrong.add("interrupted");
    }
  }

  @Test
  void aClosedEngineLeavesNoThreadAndDenies() throws InterruptedException {
    Scripts scripts = new Scripts();
    Rule rule = scripts.inline("export default () => true");
    List<Thread> threads = scriptThreads();
    assertThat(threads).hasSizeGreaterThanOrEqualTo(ScriptEngine.WORKERS + 1);

    scripts.close();

    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
    }
    assertThat(rule.evaluate(TestCall.of("{}")))
        .isEqualTo(Scripts.failed("The script of this rule is not loaded any more. Try again."));
    rule.close();
  }

  @Test
  void thePluginEndsItsEngineAndCanStartAgain() throws InterruptedException {
    ScriptPlugin plugin = new ScriptPlugin();
    ScriptConfig config =
        new ScriptConfig(
            Optional.empty(),
            Optional.of("export default () => true"),
            Scripts.USUAL_TIME,
            Scripts.USUAL_MEMORY,
            Isolation.THREAD);
    for (int i = 0; i < 2; i++) {
      plugin.start();
      Rule rule = new ScriptKind().create(config, new TestContext());
      assertThat(rule.evaluate(TestCall.of("{}"))).isEqualTo(Verdict.permit());
      plugin.stop();
      assertThat(rule.evaluate(TestCall.of("{}")))
          .isEqualTo(Scripts.failed("The script of this rule is not loaded any more. Try again."));
    }
  }

  private static List<Thread> scriptThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("script-"))
        .toList();
  }

  @Test
  void theHostSideOfTheSandboxIsWhatTheConstrainedPolicyDemands() {
    try (Context context =
        Sandbox.harmless(Context.newBuilder("js"))
            .sandbox(SandboxPolicy.CONSTRAINED)
            .option("engine.WarnInterpreterOnly", "false")
            .build()) {
      assertThat(context.eval("js", "1 + 1").asInt()).isEqualTo(2);
    }
  }

  @Test
  void scriptsThatCannotBeEndedSwitchTheKindOff() throws IOException, InterruptedException {
    // In a JVM of its own, which ends with what cannot be ended.
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Unstoppable.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();

    String why =
        "in quarantine until the document is changed or the gateway is started anew: a call could"
            + " not be stopped, and keeps a processor busy";
    assertThat(output.lines().filter(line -> line.startsWith("> ")))
        .containsExactly(
            "> The script of this rule took too long.",
            "> The script of this rule is in quarantine after failures.",
            "> health: the script is " + why,
            "> log: support /tools/create_refund/script: the script is " + why,
            "> another script: permitted",
            "> The script of this rule took too long.",
            "> The script of this rule is in quarantine after failures.",
            "> health: the script is " + why,
            "> log: support /tools/create_refund/script: the script is " + why,
            "> another script: permitted",
            "> The script of this rule took too long.",
            "> The script of this rule is in quarantine after failures.",
            "> health: the script is " + why,
            "> log: support /tools/create_refund/script: the script is " + why,
            "> another script: The scripts of this gateway are switched off after failures.",
            "> load: source, while scripts are switched off: 3 could not be ended; restart the"
                + " gateway");
  }
}
