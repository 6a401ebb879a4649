package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** Threads that begin at one moment. */
final class Together {
  private Together() {}

  /** What one of them does. */
  interface Work {
    void run(int thread) throws Exception;
  }

  /** Lets them work, and fails if one of them did. */
  static void run(Thread.Builder kind, int threads, Work work) throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      started.add(
          kind.start(() -> {
            try {
              start.await();
              work.run(thread);
            } catch (Throwable e) {
              failures.add(e);
            }
          }));
    }
    start.countDown();
    for (Thread thread : started) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
