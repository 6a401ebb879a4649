package dev.tollbar.rule.script;

import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
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

  /** How long it may wait for a worker. */
  private static final Duration BEGIN_WITHIN = Duration.ofSeconds(1);

  /** What has to be done before its budget counts, such as making a context, may take so long. */
  private static final Duration READY_WITHIN = Duration.ofSeconds(1);

  /** What it came to: a value, or else why there is none. */
  private record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}

  private final Work<T> work;
  private final Runnable whenDone;
  private final Budget budget;
  private final Conduct conduct;
  private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
  private final Thread waiter = Thread.currentThread();
  private final long made = System.nanoTime();
  private volatile @Nullable Outcome<T> outcome;
  private long started;
  private long allocatedBefore;
  private long cpuBefore = -1; // of the watchdog alone
  private volatile @Nullable Context context;

  /**
   * Made by the thread that will wait for it.
   *
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
    Outcome<T> came;
    try {
      came = new Outcome<>(work.run(this), null);
    } catch (Throwable e) {
      // Errors too: an OutOfMemoryError of a script must not end the worker.
      came = new Outcome<>(null, e);
    }
    if (!state.compareAndSet(State.RUNNING, State.ENDED)) {
      return false;
    }
    try {
      whenDone.run();
    } finally {
      complete(came);
    }
    return true;
  }

  private void complete(Outcome<T> came) {
    outcome = came;
    LockSupport.unpark(waiter);
  }

  /** From here on the budget counts, and stopping closes this context. */
  void use(Context used) {
    started = System.nanoTime();
    allocatedBefore = Usage.allocatedByThisThread();
    context = used;
  }

  /** Which part of its budget it has used up, if any. For the watchdog alone. */
  @Nullable Kind breach(long now, long threadId) {
    if (state.get() != State.RUNNING) {
      return null;
    }
    if (context == null) {
      Duration most = BEGIN_WITHIN.plus(READY_WITHIN).plus(budget.clockTime());
      return now - made > most.toNanos() ? Kind.TOO_LONG : null;
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

  /** Whether it still waits for a worker, and has done so for too long. */
  boolean isForgotten(long now) {
    return state.get() == State.QUEUED && now - made > BEGIN_WITHIN.toNanos();
  }

  /** Nobody had time for it: so ends {@link #await} for whoever waits. */
  void forget() {
    if (state.compareAndSet(State.QUEUED, State.ABANDONED)) {
      complete(
          failed(
              new ScriptFailure(
                  Kind.BUSY, "waited for a worker longer than " + Durations.format(BEGIN_WITHIN))));
    }
  }

  private Outcome<T> failed(ScriptFailure why) {
    return new Outcome<>(null, why);
  }

  /** Ends it at once for whoever waits. False if it has ended by itself. */
  boolean stop(Kind kind, String detail) {
    boolean stopped = state.compareAndSet(State.RUNNING, State.STOPPED);
    if (stopped || state.compareAndSet(State.QUEUED, State.ABANDONED)) {
      complete(failed(new ScriptFailure(kind, detail)));
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
   * Blocks until it has ended. There is no timeout here, which would cost each call a timer: the
   * watchdog ends what takes too long.
   */
  T await() throws ScriptFailure, InterruptedException {
    Outcome<T> came = outcome;
    while (came == null) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        state.compareAndSet(State.QUEUED, State.ABANDONED);
        throw new InterruptedException();
      }
      came = outcome;
    }
    T value = came.value();
    if (value == null) {
      throw failure(came.failure());
    }
    return value;
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
