package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

class CrewTest {
  private static final Job.Budget BUDGET = new Job.Budget(Duration.ofSeconds(30), Long.MAX_VALUE);

  private static <T> Job<T> job(Job.Work<T> work, Runnable whenDone) {
    return new Job<>(work, whenDone, BUDGET, conduct(NOPLogger.NOP_LOGGER));
  }

  private static Conduct conduct(Logger logger) {
    return new Conduct("here", InstantSource.system(), logger);
  }

  @Test
  void whoeverFindsNoWorkerInTimeIsToldSo() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    try (Crew crew = new Crew(1)) {
      Thread other =
          Thread.startVirtualThread(() ->
              runQuietly(
                  crew,
                  _ -> {
                    busy.countDown();
                    awaitQuietly(free);
                    return "";
                  }));
      busy.await();

      ScriptFailure failure =
          catchThrowableOfType(ScriptFailure.class, () -> crew.run(job(_ -> "never", () -> {})));

      assertThat(failure.kind()).isEqualTo(ScriptFailure.Kind.BUSY);
      assertThat(failure.detail()).isEqualTo("waited for a worker longer than 1s");
      free.countDown();
      other.join();
      String again = crew.run(job(_ -> "again", () -> {}));
      assertThat(again).isEqualTo("again");
    }
  }

  @Test
  void whoeverIsInterruptedWaitsNoLonger() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    try (Crew crew = new Crew(1)) {
      Thread waiting =
          Thread.startVirtualThread(() -> {
            try {
              crew.run(
                  job(
                      _ -> {
                        busy.countDown();
                        awaitQuietly(free);
                        return "";
                      },
                      () -> {}));
            } catch (ScriptFailure | InterruptedException e) {
              thrown.set(e);
            }
          });
      busy.await();
      waiting.interrupt();
      waiting.join();
      free.countDown();
    }
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void anOutcomeIsSeenThoughWhatFollowsItFails() throws Exception {
    try (Crew crew = new Crew(1)) {
      Job<String> job =
          job(
              _ -> "done",
              () -> {
                throw new IllegalStateException("afterwards");
              });

      String done = crew.run(job);

      assertThat(done).isEqualTo("done");
      String next = crew.run(job(_ -> "next", () -> {}));
      assertThat(next).isEqualTo("next");
    }
  }

  /** Its code is never reached, and it does not end by itself. */
  private static Job<String> unready(CountDownLatch end, Logger logger) {
    return new Job<>(
        _ -> {
          awaitQuietly(end);
          return "";
        },
        () -> {},
        new Job.Budget(Duration.ofMillis(1), Long.MAX_VALUE),
        conduct(logger));
  }

  private static void assertGivenUp(Crew crew, Job<String> job) {
    ScriptFailure failure = catchThrowableOfType(ScriptFailure.class, () -> crew.run(job));

    assertThat(failure.kind()).isEqualTo(ScriptFailure.Kind.TOO_LONG);
    assertThat(failure.detail()).isEqualTo("ran longer than 1ms");
  }

  @Test
  void whatNeverGetsReadyIsGivenUp() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (Crew crew = new Crew(1)) {
      assertGivenUp(crew, unready(end, NOPLogger.NOP_LOGGER));

      String next = crew.run(job(_ -> "another worker", () -> {}));
      assertThat(next).isEqualTo("another worker");
    } finally {
      end.countDown();
    }
  }

  @Test
  void anErrorInTheWatchdogDoesNotEndIt() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch thrown = new CountDownLatch(1);
    Logger throwing =
        (Logger)
            Proxy.newProxyInstance(
                Logger.class.getClassLoader(),
                new Class<?>[] {Logger.class},
                (_, _, _) -> {
                  thrown.countDown();
                  throw new OutOfMemoryError("of a script");
                });
    try (Crew crew = new Crew(1)) {
      assertGivenUp(crew, unready(end, throwing));
      thrown.await(); // its worker does not end, and saying so failed

      assertGivenUp(crew, unready(end, NOPLogger.NOP_LOGGER));
    } finally {
      end.countDown();
    }
  }

  @Test
  void aClosedCrewTakesNothing() {
    Crew crew = new Crew(1);
    crew.close();

    assertThatThrownBy(() -> crew.run(job(_ -> "", () -> {})))
        .isInstanceOf(ScriptFailure.class)
        .hasMessage("the plugin is stopped");
  }

  private static void runQuietly(Crew crew, Job.Work<String> work) {
    try {
      crew.run(job(work, () -> {}));
    } catch (ScriptFailure | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
