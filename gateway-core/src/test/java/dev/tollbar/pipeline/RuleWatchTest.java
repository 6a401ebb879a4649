package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Rule;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Tool;
import dev.tollbar.api.Verdict;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.TestCall;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RuleWatchTest {
  private static final Duration LITTLE = Duration.ofMillis(20);
  private static final Call ANY = TestCall.of(Tool.named("pay"));

  private static String never() throws InterruptedException {
    new CountDownLatch(1).await();
    return "never";
  }

  @Test
  void returnsWhatComesInTime() throws Exception {
    try (RuleWatch watch = new RuleWatch(TestGateway.BUDGET)) {
      assertThat(watch.turn().bounded(() -> "in time")).isEqualTo("in time");
    }
  }

  @Test
  void interruptsWhatIsLateAndTakesTheInterruptBack() {
    try (RuleWatch watch = new RuleWatch(LITTLE)) {
      assertThatThrownBy(() -> watch.turn().bounded(RuleWatchTest::never))
          .isInstanceOf(RuleWatch.LateException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void eachRuleOfATurnHasAllOfTheTime() throws Exception {
    try (RuleWatch watch = new RuleWatch(LITTLE);
        RuleWatch.Turn turn = watch.turn()) {
      for (int i = 0; i < 3; i++) {
        assertThat(turn.bounded(() -> "in time")).isEqualTo("in time");
        assertThatThrownBy(() -> turn.bounded(RuleWatchTest::never))
            .isInstanceOf(RuleWatch.LateException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        // Another call is late meanwhile: so somebody has looked, and this one is between rules.
        Thread other =
            Thread.ofVirtual()
                .start(() ->
                    assertThatThrownBy(() -> watch.turn().bounded(RuleWatchTest::never))
                        .isInstanceOf(RuleWatch.LateException.class));
        other.join();
      }
    }
  }

  @Test
  void aLateValueDoesNotCount() {
    try (RuleWatch watch = new RuleWatch(LITTLE)) {
      assertThatThrownBy(() ->
              watch
                  .turn()
                  .bounded(() -> {
                    try {
                      return never();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                      return "late";
                    }
                  }))
          .isInstanceOf(RuleWatch.LateException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void interruptsOnlyTheOneThatIsLate() throws Exception {
    try (RuleWatch watch = new RuleWatch(LITTLE)) {
      CountDownLatch bystander = new CountDownLatch(1);
      Thread other =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  bystander.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });

      assertThatThrownBy(() -> watch.turn().bounded(RuleWatchTest::never))
          .isInstanceOf(RuleWatch.LateException.class);

      assertThat(other.isAlive()).isTrue();
      bystander.countDown();
      other.join();
    }
  }

  @Test
  void passesOnTheInterruptOfSomebodyElse() {
    try (RuleWatch watch = new RuleWatch(TestGateway.BUDGET)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> watch.turn().bounded(RuleWatchTest::never))
          .isInstanceOf(InterruptedException.class);
    }
  }

  /** A rule that says so of what is left. */
  private static ConfiguredRule counting(Callable<List<LimitUsage>> usage) {
    Rule rule =
        new Rule() {
          @Override
          public Verdict evaluate(Call call) {
            return Verdict.permit();
          }

          @Override
          public List<LimitUsage> usage(Call call) throws InterruptedException {
            try {
              return usage.call();
            } catch (InterruptedException | RuntimeException e) {
              throw e;
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        };
    return new ConfiguredRule(
        "/tools/pay/limits",
        Optional.empty(),
        "fake",
        "fake@1",
        Optional.empty(),
        false,
        MissingNode.getInstance(),
        rule);
  }

  @Test
  void whatIsLeftIsToldWithinTheBoundsOrNotAtAll() throws Exception {
    LimitUsage left =
        new LimitUsage("5 at once", BigDecimal.valueOf(5), BigDecimal.TWO, Optional.empty());
    try (RuleWatch watch = new RuleWatch(LITTLE)) {
      assertThat(watch.usage(counting(() -> List.of(left)), ANY)).containsExactly(left);
      assertThatThrownBy(() ->
              watch.usage(
                  counting(() -> {
                    never();
                    return List.of();
                  }),
                  ANY))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage("the fake rule at /tools/pay/limits does not say what is left");
      assertThatThrownBy(() ->
              watch.usage(
                  counting(() -> {
                    throw new NoClassDefFoundError("secret");
                  }),
                  ANY))
          .hasMessage("the fake rule at /tools/pay/limits does not say what is left");
      assertThatThrownBy(() ->
              watch.usage(
                  counting(() -> {
                    throw new StoreUnavailableException("out of reach");
                  }),
                  ANY))
          .hasMessage("out of reach");
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }
}
