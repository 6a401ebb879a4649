package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The log says by what scripts are run, above all where it is not what was asked for. */
final class SandboxTest {
  private final TestContext context = new TestContext();

  @Test
  void saysThatTheOptimizingRuntimeTook() {
    Sandbox.sayWhichRuntime(context.logger(), "GraalVM CE", true);

    assertThat(context.log())
        .containsExactly("scripts are run by the optimizing runtime: GraalVM CE");
  }

  @Test
  void saysThatItDidNotTake() {
    Sandbox.sayWhichRuntime(context.logger(), "Interpreted", true);

    assertThat(context.log())
        .containsExactly(
            "scripts are run by the interpreter: the optimizing runtime was asked for (-XX:+EnableJVMCI), and its"
                + " compiler is not there or does not fit this JDK; see docs/scripts.md");
  }
}
