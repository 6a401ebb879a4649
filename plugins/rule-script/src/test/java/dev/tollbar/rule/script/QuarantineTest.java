package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Explanation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A rule whose script runs away again and again denies, and it alone. */
class QuarantineTest {
  private static final String RUNS_AWAY =
      "export default ({ args }) => { if (args.loop) while (true) {} return true }";
  private static final String LOOP = "{\"loop\": true}";
  private static final String WHY =
      "in quarantine until 1970-01-01T00:05:00Z: 5 calls within 60s had to be stopped; the last ran"
          + " longer than 20ms";

  private static Scripts scripts;

  @BeforeAll
  static void startEngine() {
    scripts = new Scripts();
  }

  @AfterAll
  static void stopEngine() {
    scripts.close();
  }

  private static Rule rule(TestContext context) {
    return scripts.inline(RUNS_AWAY, Duration.ofMillis(20), context);
  }

  private static Verdict call(Rule rule, String arguments) throws InterruptedException {
    return rule.evaluate(TestCall.withArguments(arguments));
  }

  private static final Verdict QUARANTINED =
      Scripts.failed("The script of this rule is in quarantine after failures.");

  @Test
  void fiveRunawaysWithinAMinuteAreOneTooMany() throws InterruptedException {
    TestContext context = new TestContext();
    try (Rule bad = rule(context);
        Rule good = scripts.inline("export default () => true")) {
      for (int i = 0; i < Conduct.MOST_RUNAWAYS; i++) {
        assertThat(bad.outage()).isEmpty();
        assertThat(call(bad, LOOP))
            .isEqualTo(Scripts.failed("The script of this rule took too long."));
      }

      assertThat(call(bad, "{}")).isEqualTo(QUARANTINED);
      assertThat(call(good, "{}")).isEqualTo(Verdict.permit());
      assertThat(good.outage()).isEmpty();
      assertThat(bad.outage()).contains("the script is " + WHY);
      Explanation explanation = bad.explain(TestCall.of("{}"));
      assertThat(explanation.verdict()).isEqualTo(QUARANTINED);
      assertThat(explanation.observations())
          .singleElement()
          .satisfies(seen -> assertThat(seen.text()).isEqualTo("gave no verdict: " + WHY));
      assertThat(context.log())
          .hasSize(Conduct.MOST_RUNAWAYS + 1)
          .last()
          .isEqualTo("support /tools/create_refund/script: the script is " + WHY);
    }
  }

  @Test
  void aQuarantineEnds() throws InterruptedException {
    TestContext context = new TestContext();
    try (Rule rule = rule(context)) {
      for (int i = 0; i < Conduct.MOST_RUNAWAYS; i++) {
        call(rule, LOOP);
      }
      context.pass(Conduct.LASTS.minusMillis(1));
      assertThat(call(rule, "{}")).isEqualTo(QUARANTINED);
      context.pass(Duration.ofMillis(1));
      assertThat(call(rule, "{}")).isEqualTo(Verdict.permit());
      assertThat(rule.outage()).isEmpty();
      assertThat(context.log())
          .last()
          .isEqualTo("support /tools/create_refund/script: the script is out of quarantine");
    }
  }

  @Test
  void runawaysFarApartAreForgiven() throws InterruptedException {
    TestContext context = new TestContext();
    try (Rule rule = rule(context)) {
      for (int i = 0; i < 2 * Conduct.MOST_RUNAWAYS; i++) {
        call(rule, LOOP);
        context.pass(Conduct.WITHIN.dividedBy(Conduct.MOST_RUNAWAYS - 2));
      }
      assertThat(call(rule, "{}")).isEqualTo(Verdict.permit());
    }
  }

  @Test
  void exceptionsAndUselessAnswersAreNoRunaways() throws InterruptedException {
    TestContext context = new TestContext();
    try (Rule rule =
        scripts.inline("export default ({ args }) => args.a.b", Scripts.USUAL_TIME, context)) {
      for (int i = 0; i < 2 * Conduct.MOST_RUNAWAYS; i++) {
        assertThat(call(rule, "{}")).isEqualTo(Scripts.failed("The script of this rule failed."));
      }
      assertThat(rule.outage()).isEmpty();
    }
  }
}
