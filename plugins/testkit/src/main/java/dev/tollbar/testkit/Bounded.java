package dev.tollbar.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs code of a plugin within a time.
 *
 * @param budget how long one run may take
 */
record Bounded(Duration budget) {
  /** As much as the gateway gives. */
  static final Bounded AS_THE_GATEWAY = new Bounded(Duration.ofSeconds(5));

  private static final String NAME = "kind contract";

  /** A piece of code. */
  interface Run {
    void run() throws Exception;
  }

  /**
   * What the code gives.
   *
   * @param what it is about, for messages
   * @throws AssertionError if it throws, gives null or takes too long
   */
  <T> T call(Object what, Callable<T> code) throws InterruptedException {
    FutureTask<T> task = new FutureTask<>(code);
    Thread.ofPlatform().daemon().name(NAME).start(task);
    try {
      T value = task.get(budget.toNanos(), TimeUnit.NANOSECONDS);
      if (value == null) {
        throw new AssertionError(what + ": it gives null");
      }
      return value;
    } catch (ExecutionException e) {
      throw new AssertionError(what + ": it throws " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError(what + ": it takes longer than " + budget.toMillis() + " ms", e);
    } finally {
      task.cancel(true);
    }
  }

  /** Runs the same code on so many threads at once, to the end of all. */
  void all(int threads, Run code) throws InterruptedException {
    CountDownLatch together = new CountDownLatch(threads);
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      FutureTask<Boolean> task =
          new FutureTask<>(() -> {
            together.countDown();
            together.await();
            code.run();
            return true;
          });
      tasks.add(task);
      Thread.ofPlatform().daemon().name(NAME).start(task);
    }
    try {
      for (FutureTask<Boolean> task : tasks) {
        try {
          // All rounds of all threads together: a slow machine must not fail the kind.
          task.get(budget.toNanos() * 10, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
          throw new AssertionError(threads + " threads at once: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
          throw new AssertionError(threads + " threads at once: they do not end", e);
        }
      }
    } finally {
      tasks.forEach(task -> task.cancel(true));
    }
  }

  /**
   * Waits for threads that were not there before.
   *
   * @throws AssertionError if one does not end
   */
  void awaitEnd(Set<Thread> before) throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      boolean ofTheKind =
          !before.contains(thread)
              && !thread.getName().equals(NAME)
              && !thread.getName().startsWith("ForkJoinPool")
              && thread.getThreadGroup() != null
              && !"system".equals(thread.getThreadGroup().getName());
      if (ofTheKind && !thread.join(budget)) {
        throw new AssertionError("the thread \"" + thread.getName() + "\" runs on after close()");
      }
    }
  }
}
