package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApartRunsTest {
  private final AtomicBoolean over = new AtomicBoolean();

  @AfterEach
  void endLoops() {
    over.set(true);
  }

  private String loop() {
    while (!over.get()) {
      Thread.onSpinWait();
    }
    return "too late";
  }

  @Test
  void returnsWhatComesInTime() throws Exception {
    ApartRuns runs = new ApartRuns(TestGateway.BUDGET);
    assertThat(runs.run("kind", () -> "in time")).isEqualTo("in time");
  }

  @Test
  void throwsWhatTheCodeThrows() {
    ApartRuns runs = new ApartRuns(TestGateway.BUDGET);
    assertThatThrownBy(() -> runs.run("kind", throwing(new IOException("so"))))
        .isInstanceOf(IOException.class)
        .hasMessage("so");
    assertThatThrownBy(() ->
            runs.run(
                "kind",
                () -> {
                  throw new NoClassDefFoundError("gone");
                }))
        .isInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void anInterruptOfTheCodesOwnIsNoneOfTheCallers() {
    ApartRuns runs = new ApartRuns(TestGateway.BUDGET);
    assertThatThrownBy(() -> runs.run("kind", throwing(new InterruptedException("mine"))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  private static Callable<String> throwing(Exception exception) {
    return () -> {
      throw exception;
    };
  }

  @Test
  void goesOnWithoutCodeThatDoesNotHeedInterrupts() {
    ApartRuns runs = new ApartRuns(Duration.ofMillis(20));
    assertThatThrownBy(() -> runs.run("kind", this::loop))
        .isInstanceOf(RuleWatch.LateException.class);
  }

  @Test
  void runsNoMoreOfAKindThatDoesNotEndAndGoesOnWithOthers() throws Exception {
    ApartRuns runs = new ApartRuns(Duration.ofSeconds(1));
    for (int i = 0; i < 4; i++) {
      assertThatThrownBy(() -> runs.run("bad", this::loop))
          .isInstanceOf(RuleWatch.LateException.class);
    }
    assertThatThrownBy(() -> runs.run("bad", () -> "never run"))
        .isInstanceOf(ApartRuns.StuckException.class);
    assertThat(runs.run("good", () -> "in time")).isEqualTo("in time");

    over.set(true);
    assertThat(untilItRuns(runs)).isEqualTo("again");
  }

  @Test
  void moreRunsThanThereArePlacesForWaitForOneOfTheirKind() throws Exception {
    ApartRuns runs = new ApartRuns(Duration.ofMillis(500), 2);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> runs.run("bad", this::loop))
          .isInstanceOf(RuleWatch.LateException.class);
    }
    AtomicBoolean ran = new AtomicBoolean();
    assertThatThrownBy(() -> runs.run("bad", () -> ran.getAndSet(true)))
        .isInstanceOf(RuleWatch.LateException.class);
    assertThat(ran).isFalse();
    assertThat(runs.run("good", () -> "in time")).isEqualTo("in time");

    over.set(true);
    assertThat(untilThereIsAPlace(runs)).isEqualTo("again");
  }

  private String untilThereIsAPlace(ApartRuns runs) throws Exception {
    while (true) {
      try {
        return runs.run("bad", () -> "again");
      } catch (RuleWatch.LateException e) {
        Thread.onSpinWait();
      }
    }
  }

  /** The loops have ended, and their threads are about to. */
  private String untilItRuns(ApartRuns runs) throws Exception {
    while (true) {
      try {
        return runs.run("bad", () -> "again");
      } catch (ApartRuns.StuckException e) {
        Thread.onSpinWait();
      }
    }
  }
}
