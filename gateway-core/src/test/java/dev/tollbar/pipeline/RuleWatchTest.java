package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RuleWatchTest {
  private static final Duration LITTLE = Duration.ofMillis(20);

  private static String never() throws InterruptedException {
    new CountDownLatch(1).await();
    return "never";
  }

  @Test
  void returnsWhatComesInTime() throws Exception {
    try (RuleWatch watch = new RuleWatch(TestGateway.BUDGET)) {
      assertThat(watch.bounded(() -> "in time")).isEqualTo("in time");
    }
  }

  @Test
  void interruptsWhatIsLateAndTakesTheInterruptBack() {
    try (RuleWatch watch = new RuleWatch(LITTLE)) {
      assertThatThrownBy(() -> watch.bounded(RuleWatchTest::never))
          .isInstanceOf(RuleWatch.LateException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void aLateValueDoesNotCount() {
    try (RuleWatch watch = new RuleWatch(LITTLE)) {
      assertThatThrownBy(() ->
              watch.bounded(() -> {
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

      assertThatThrownBy(() -> watch.bounded(RuleWatchTest::never))
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

      assertThatThrownBy(() -> watch.bounded(RuleWatchTest::never))
          .isInstanceOf(InterruptedException.class);
    }
  }
}
