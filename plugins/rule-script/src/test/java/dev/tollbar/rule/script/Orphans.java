package dev.tollbar.rule.script;

import dev.tollbar.api.Rule;
import java.time.Duration;

/** A gateway whose worker process is stuck in a script; it waits to be killed. */
final class Orphans {
  private Orphans() {}

  public static void main(String[] arguments) throws InterruptedException {
    Scripts scripts = new Scripts();
    Rule rule =
        scripts.apart(
            "export default () => { function f() { try { return f() } catch (e) { return f() } }"
                + " return f(); }",
            Duration.ofSeconds(5),
            new TestContext());
    Thread.startVirtualThread(() -> {
      try {
        rule.evaluate(TestCall.of("{}"));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    scripts.processes().forEach(pid -> System.out.println("worker " + pid));
    System.out.println("stuck");
    Thread.currentThread().join();
  }
}
