package dev.tollbar.pipeline;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs code that may never end, each time on a thread of its own that the operating system
 * schedules: on virtual threads a few endless loops would stop all calls. Who waits for it goes on
 * when the time is over, whatever the code does. A new thread each time, because one that is used
 * again would keep what a plugin left in it. Safe for use by many threads.
 */
final class ApartRuns {
  /** Threads that one kind may have burning after their time. */
  private static final int MOST_STUCK = 4;

  /** Threads that one kind may have: so many burn at most, if all of its runs never end. */
  private static final int MOST_AT_ONCE = 256;

  private final Duration budget;
  private final int mostAtOnce;
  private final Map<String, OfKind> kinds = new ConcurrentHashMap<>();

  ApartRuns(Duration budget) {
    this(budget, MOST_AT_ONCE);
  }

  ApartRuns(Duration budget, int mostAtOnce) {
    this.budget = budget;
    this.mostAtOnce = mostAtOnce;
  }

  private static final class OfKind {
    private final Semaphore places;
    private final AtomicInteger stuck = new AtomicInteger();

    OfKind(int mostAtOnce) {
      places = new Semaphore(mostAtOnce);
    }
  }

  /** So many of this kind do not end that no more of it is run. */
  static final class StuckException extends Exception {
    private static final long serialVersionUID = 1L;

    StuckException() {
      super("too many of its runs do not end", null, false, false);
    }
  }

  /**
   * What the code returns. Waits within the budget while too many runs of the kind are under way.
   *
   * @param kind whose the code is: it bears the consequences alone
   * @throws RuleWatch.LateException after the budget
   * @throws StuckException at once, while too many earlier runs of the kind do not end
   */
  <T extends @Nullable Object> T run(String kind, Callable<T> code) throws Exception {
    OfKind ofKind = kinds.computeIfAbsent(kind, _ -> new OfKind(mostAtOnce));
    if (ofKind.stuck.get() >= MOST_STUCK) {
      throw new StuckException();
    }
    long end = System.nanoTime() + budget.toNanos();
    if (!ofKind.places.tryAcquire(budget.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new RuleWatch.LateException();
    }
    FutureTask<T> task = new FutureTask<>(code);
    AtomicBoolean decided = new AtomicBoolean(); // first of: it ended, its time ended
    start(
        kind,
        ofKind.places,
        () -> {
          task.run();
          if (!decided.compareAndSet(false, true)) {
            ofKind.stuck.decrementAndGet();
          }
        });
    try {
      return task.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new RuleWatch.LateException();
    } catch (ExecutionException e) {
      throw thrown(e);
    } finally {
      if (!task.isDone() && decided.compareAndSet(false, true)) {
        ofKind.stuck.incrementAndGet();
        task.cancel(true);
      }
    }
  }

  /** Starts a thread that gives its place back at its end. */
  private static void start(String kind, Semaphore places, Runnable run) {
    boolean started = false;
    try {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("rule " + kind)
              .inheritInheritableThreadLocals(false)
              .unstarted(() -> {
                try {
                  run.run();
                } finally {
                  places.release();
                }
              });
      thread.start();
      started = true;
    } finally {
      if (!started) {
        places.release();
      }
    }
  }

  /** An interrupt of its thread is none of the caller's. */
  private static Exception thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case InterruptedException interrupted -> new IllegalStateException(interrupted);
      case Exception exception -> exception;
      case Error error -> throw error;
      case null, default -> e;
    };
  }
}
