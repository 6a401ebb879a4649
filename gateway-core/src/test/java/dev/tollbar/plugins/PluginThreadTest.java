package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many runs of one kind there may be at once. */
class PluginThreadTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final CountDownLatch end = new CountDownLatch(1);
  private final Semaphore begun = new Semaphore(0);

  @AfterEach
  void endAll() {
    end.countDown();
  }

  private static PluginThread thread(Duration runLimit) {
    return new PluginThread(
        PluginThreadTest.class.getClassLoader(), LONG, runLimit, new PluginApi("1.0.0"), 2);
  }

  private String slow() {
    begun.release();
    boolean over = false;
    while (!over) {
      try {
        end.await();
        over = true;
      } catch (InterruptedException e) {
        // Code that does not heed it.
      }
    }
    return "slow";
  }

  /** Runs two that do not end before the test does. */
  private void fill(PluginThread thread) throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      Thread.ofVirtual().start(() -> thread.made(this::slow, _ -> {}));
    }
    begun.acquire(2);
  }

  @Test
  void aKindThatIsSlowIsNotRunMoreOftenThanItMay() throws Exception {
    PluginThread thread = thread(Duration.ofMillis(50));
    // In a time of their own, so that they are under way and not late.
    for (int i = 0; i < 2; i++) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              thread.bounded(LONG, this::slow, _ -> {});
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
    begun.acquire(2);

    assertThatThrownBy(() -> thread.bounded(LONG, () -> "quick", _ -> {}))
        .isInstanceOf(LatePluginException.class)
        .hasMessage("is not run, because 2 runs of it are under way");
  }

  @Test
  void otherKindsOfThePluginHaveTheirOwnPlaces() throws Exception {
    PluginThread thread = thread(LONG);
    fill(thread);

    assertThat(thread.ofKind().made(() -> "quick", _ -> {})).isEqualTo("quick");
  }

  @Test
  void whatWaitsForOthersToSpeakAndWhatEndsThemTakesNoPlaceOfThoseThatWork() throws Exception {
    PluginThread thread = thread(LONG);
    fill(thread);

    assertThat(thread.listening(LONG, () -> "heard", _ -> {})).isEqualTo("heard");
    thread.end(end::countDown);
    assertThat(end.getCount()).isZero();
  }

  @Test
  void whoWaitsForAPlaceGetsTheFirstThatIsFree() throws Exception {
    PluginThread thread = thread(LONG);
    fill(thread);
    Thread.ofVirtual().start(end::countDown);

    assertThat(thread.made(() -> "quick", _ -> {})).isEqualTo("quick");
  }
}
