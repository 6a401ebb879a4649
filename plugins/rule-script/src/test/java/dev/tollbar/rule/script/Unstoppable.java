package dev.tollbar.rule.script;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs scripts that heed no signal, until the engine gives up; then ends its JVM by force. */
final class Unstoppable {
  private static final String BAD =
      """
      export default () => {
        function f() { try { return f() } catch (e) { return f() } }
        return f();
      }
      """;

  private Unstoppable() {}

  public static void main(String[] arguments) throws InterruptedException {
    Scripts scripts = new Scripts();
    Rule good =
        scripts.inline("export default () => true", Duration.ofSeconds(5), new TestContext());
    for (int i = 0; i < 3; i++) {
      TestContext context = new TestContext();
      Rule bad = scripts.inline(BAD, Duration.ofMillis(50), context);
      print(text(bad));
      String answer = text(bad);
      for (int wait = 0; wait < 300 && !answer.contains("quarantine"); wait++) {
        TimeUnit.MILLISECONDS.sleep(100);
        answer = text(bad);
      }
      print(answer);
      print("health: " + bad.outage().orElse("fine"));
      print("log: " + context.log().getLast());
      if (i < 2) {
        print("another script: " + text(good));
      }
    }
    String answer = text(good);
    for (int i = 0; i < 300 && !answer.contains("switched off"); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
      answer = text(good);
    }
    print("another script: " + answer);
    try {
      scripts.inline("export default () => true");
    } catch (InvalidConfigException e) {
      print("load: " + e.problems().getFirst().found());
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static String text(Rule rule) throws InterruptedException {
    return rule.evaluate(TestCall.of("{}")) instanceof Verdict.Deny denial
        ? denial.reason()
        : "permitted";
  }

  private static void print(String line) {
    System.out.println("> " + line);
  }
}
