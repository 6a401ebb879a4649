package dev.tollbar.rule.script;

import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.graalvm.polyglot.Context;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work inside a script's context, from the queue to its outcome. Whoever asked for it
 * waits in {@link #await}; a worker runs it; the watchdog stops it. Only one of them ends it.
 */
final class Job<T> {

  /** What runs on a worker. Calls {@link Job#use} before any code of the author runs. */
  @FunctionalInterface
  interface Work<T> {
    T run(Job<T> job) throws ScriptFailure;
  }

  /**
   * What work may use up.
   *
   * @param time of a processor. By the clock it may be {@link #CLOCK_FACTOR} times as much: when
   *     the machine is held up, scripts are not to blame
   */
  record Budget(Duration time, long bytes) {
    private static final int CLOCK_FACTOR = 4;

    Duration clockTime() {
      return time.multipliedBy(CLOCK_FACTOR);
    }
  }

  private enum State {
    QUEUED,
    RUNNING,
    ENDED,
    /** Nobody waits for it any more, and it never began. */
    ABANDONED,
    /** Over its budget: its worker and its context are given up. */
    STOPPED
  }

  /** How long past its deadline the watchdog may be before the caller goes without it. */
  private static final Duration WATCHDOG_LATE = Duration.ofSeconds(1);

  private final Work<T> work;
  private final Runnable whenDone;
  private final Budget budget;
  private final Conduct conduct;
  private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private long started;
  private long allocatedBefore;
  private long cpuBefore = -1; // of the watchdog alone
  private volatile @Nullable Context context;

  /**
   * @param whenDone runs on the worker after work that was not stopped, before the outcome is seen
   */
  Job(Work<T> work, Runnable whenDone, Budget budget, Conduct conduct) {
    this.work = work;
    this.whenDone = whenDone;
    this.budget = budget;
    this.conduct = conduct;
  }

  /** Runs it on this thread. False if it was stopped meanwhile: the thread is given up. */
  boolean run() {
    if (!state.compareAndSet(State.QUEUED, State.RUNNING)) {
      return true;
    }
    T value;
    try {
      value = work.run(this);
    } catch (Throwable e) {
      // Errors too: an OutOfMemoryError of a script must not end the worker.
      return end(() -> outcome.completeExceptionally(e));
    }
    return end(() -> outcome.complete(value));
  }

  private boolean end(Runnable complete) {
    if (!state.compareAndSet(State.RUNNING, State.ENDED)) {
      return false;
    }
    whenDone.run();
    complete.run();
    return true;
  }

  /** From here on the budget counts, and stopping closes this context. */
  void use(Context used) {
    started = System.nanoTime();
    allocatedBefore = Usage.allocatedByThisThread();
    context = used;
  }

  /** Which part of its budget it has used up, if any. For the watchdog alone. */
  @Nullable Kind breach(long now, long threadId) {
    if (context == null || state.get() != State.RUNNING) {
      return null;
    }
    if (Usage.allocated(threadId) - allocatedBefore > budget.bytes()) {
      return Kind.TOO_MUCH_MEMORY;
    }
    // Read first here and not where the work begins: it would cost every call a system call.
    long cpu = Usage.cpuTime(threadId);
    cpuBefore = cpuBefore < 0 ? cpu : cpuBefore;
    return cpu - cpuBefore > budget.time().toNanos() || now - started > budget.clockTime().toNanos()
        ? Kind.TOO_LONG
        : null;
  }

  /** Ends it at once for whoever waits. False if it has ended by itself. */
  boolean stop(Kind kind, String detail) {
    boolean stopped = state.compareAndSet(State.RUNNING, State.STOPPED);
    if (stopped || state.compareAndSet(State.QUEUED, State.ABANDONED)) {
      outcome.completeExceptionally(new ScriptFailure(kind, detail));
    }
    return stopped;
  }

  @Nullable Context context() {
    return context;
  }

  Conduct conduct() {
    return conduct;
  }

  Budget budget() {
    return budget;
  }

  /**
   * Blocks until it has ended.
   *
   * @throws ScriptFailure with {@link Kind#BUSY} when it did not even begin in time
   */
  T await(Duration beginWithin) throws ScriptFailure, InterruptedException {
    try {
      return outcome.get(beginWithin.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (state.compareAndSet(State.QUEUED, State.ABANDONED)) {
        throw new ScriptFailure(
            Kind.BUSY, "waited for a worker longer than " + Durations.format(beginWithin));
      }
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      state.compareAndSet(State.QUEUED, State.ABANDONED);
      throw e;
    }
    try {
      Duration rest = budget.clockTime().plus(WATCHDOG_LATE);
      return outcome.get(rest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ScriptFailure(Kind.TOO_LONG, "ran longer than " + Durations.format(budget.time()));
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static ScriptFailure failure(@Nullable Throwable cause) {
    return switch (cause) {
      case ScriptFailure failure -> failure;
      case OutOfMemoryError e -> new ScriptFailure(Kind.TOO_MUCH_MEMORY, "no memory is left");
      case null, default ->
          new ScriptFailure(
              Kind.THREW, "an error of the engine: " + Text.line(String.valueOf(cause), 200));
    };
  }
}
