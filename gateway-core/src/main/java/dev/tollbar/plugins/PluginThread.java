package dev.tollbar.plugins;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the code of one kind of a plugin, or of the plugin while it is loaded, with the plugin's
 * class loader as the thread's own, so that what the plugin looks up by it ({@link
 * java.util.ServiceLoader} for one) is found in its jar. Each kind has so many runs at once and no
 * more, so that one that is slow leaves the others their threads. Safe for use by many threads.
 */
final class PluginThread {
  /** Threads that one plugin may have running after their time. */
  private static final int MOST_STUCK = 4;

  /** As above, where what is to run ends what others wait for. */
  private static final int MOST_STUCK_AT_END = 64;

  /** Runs that one kind may have under way; and those that only wait for a server to speak. */
  private static final int MOST_AT_ONCE = 1024;

  private final ClassLoader classLoader;
  private final Duration limit;
  private final Duration runLimit;
  private final PluginApi api;
  private final int mostAtOnce;
  private final Semaphore places;
  private final Semaphore listening;
  private final Semaphore ending;
  private final AtomicInteger stuck = new AtomicInteger();

  /**
   * For the code of one plugin.
   *
   * @param limit how long one run may take while the plugin is loaded or unloaded
   * @param runLimit how long one run may take while the gateway serves
   */
  PluginThread(ClassLoader classLoader, Duration limit, Duration runLimit, PluginApi api) {
    this(classLoader, limit, runLimit, api, MOST_AT_ONCE);
  }

  PluginThread(
      ClassLoader classLoader, Duration limit, Duration runLimit, PluginApi api, int mostAtOnce) {
    this.classLoader = classLoader;
    this.limit = limit;
    this.runLimit = runLimit;
    this.api = api;
    this.mostAtOnce = mostAtOnce;
    this.places = new Semaphore(mostAtOnce);
    this.listening = new Semaphore(mostAtOnce);
    this.ending = new Semaphore(mostAtOnce);
  }

  /** For the code of one kind of the plugin: what becomes of it is no concern of the others. */
  PluginThread ofKind() {
    return new PluginThread(classLoader, limit, runLimit, api, mostAtOnce);
  }

  ClassLoader classLoader() {
    return classLoader;
  }

  /** How long a run may take while the gateway serves. */
  Duration runLimit() {
    return runLimit;
  }

  /** Whether the plugin came with the gateway. */
  boolean isOfBundled() {
    return classLoader instanceof SealedClassLoader plugin && plugin.bundled();
  }

  /**
   * Runs code on a daemon thread of its own, for code that may never return. A thread that does not
   * heed the interrupt is left behind.
   *
   * @param doing the beginning of the message, should it fail
   * @throws Refusal when the code throws anything or takes longer than the limit
   */
  <T extends @Nullable Object> T call(String doing, Callable<T> code)
      throws Refusal, InterruptedException {
    try {
      return run(limit, code, _ -> {}, () -> {});
    } catch (TimeoutException e) {
      throw new Refusal(
          doing + ": no end within " + inWords(limit) + "; the plugin's author can tell why", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw new Refusal(doing + ": " + Fault.words(e, api), e);
    }
  }

  /** As below, within the time that all code of plugins has. */
  <T extends @Nullable Object> T bounded(Callable<T> code, Consumer<T> tooLate) throws Exception {
    return bounded(runLimit, code, tooLate);
  }

  /**
   * Runs code as {@link #call} does, for a gateway that serves: what it throws is passed on.
   *
   * @param time how long it may take
   * @param tooLate is given what comes after the time, on the thread that it came from
   * @throws LatePluginException after the time; or at once, while too many earlier runs of the kind
   *     do not end; or as soon as a run may take, while too many are under way
   * @throws InterruptedException when the caller was interrupted; so is the code then
   */
  <T extends @Nullable Object> T bounded(Duration time, Callable<T> code, Consumer<T> tooLate)
      throws Exception {
    return bounded(places, time, code, tooLate);
  }

  /** As above, for code that waits for others to speak, and takes no place of those that work. */
  <T extends @Nullable Object> T listening(Duration time, Callable<T> code, Consumer<T> tooLate)
      throws Exception {
    return bounded(listening, time, code, tooLate);
  }

  private <T extends @Nullable Object> T bounded(
      Semaphore among, Duration time, Callable<T> code, Consumer<T> tooLate) throws Exception {
    if (stuck.get() >= MOST_STUCK) {
      throw stuck();
    }
    enter(among);
    try {
      return run(time, code, tooLate, among::release);
    } catch (TimeoutException e) {
      throw late(time);
    } catch (ExecutionException e) {
      throw thrown(e);
    }
  }

  private void enter(Semaphore among) throws InterruptedException {
    if (!among.tryAcquire(runLimit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new LatePluginException(
          "is not run, because " + mostAtOnce + " runs of it are under way");
    }
  }

  /** Code that anything may come out of. */
  @FunctionalInterface
  interface Ending {
    void run() throws Exception;
  }

  /**
   * Runs code that closes, settles or otherwise ends something: within the time that all code of
   * plugins has, also for a caller that was interrupted before, and also while earlier runs do not
   * end, of which it may end some.
   *
   * @throws LatePluginException after the time; or at once, while far too many runs do not end
   */
  void end(Ending code) {
    if (stuck.get() >= MOST_STUCK_AT_END) {
      throw stuck();
    }
    boolean interrupted = Thread.interrupted();
    try {
      enter(ending);
      run(
          runLimit,
          () -> {
            code.run();
            return true;
          },
          _ -> {},
          ending::release);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (TimeoutException e) {
      throw late(runLimit);
    } catch (ExecutionException e) {
      throw unchecked(thrown(e));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What is made of a document, for a caller that cannot be interrupted. */
  <T> T made(Callable<T> code, Consumer<T> tooLate) {
    try {
      return bounded(code, tooLate);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(Exception e) {
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  private static LatePluginException late(Duration time) {
    return new LatePluginException("took longer than " + inWords(time));
  }

  private static LatePluginException stuck() {
    return new LatePluginException("is not run, because too many earlier runs do not end");
  }

  /** Neither an interrupt nor an error of its thread is the caller's. */
  private static Exception thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case InterruptedException interrupted -> new IllegalStateException(interrupted);
      case Exception exception -> exception;
      case Error error -> new IllegalStateException(error);
      case null, default -> e;
    };
  }

  /**
   * As above.
   *
   * @param ended is called by the thread at its end, whenever that is; or here, if none starts
   */
  private <T extends @Nullable Object> T run(
      Duration time, Callable<T> code, Consumer<T> tooLate, Runnable ended)
      throws InterruptedException, ExecutionException, TimeoutException {
    AtomicBoolean decided = new AtomicBoolean(); // first of: it ended, its time ended
    FutureTask<T> task = new FutureTask<>(() -> outcome(code, decided, tooLate));
    Thread thread = start(task, ended);
    try {
      return task.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (decided.compareAndSet(false, true)) {
        giveUp(thread);
        throw e;
      }
      return task.get(); // it has just ended
    } catch (InterruptedException e) {
      if (decided.compareAndSet(false, true)) {
        giveUp(thread);
        throw e;
      }
      T value = task.get(); // it has just ended; the interrupt is for what comes next
      Thread.currentThread().interrupt();
      return value;
    }
  }

  private <T extends @Nullable Object> T outcome(
      Callable<T> code, AtomicBoolean decided, Consumer<T> tooLate) throws Exception {
    T value;
    try {
      value = code.call();
    } catch (Throwable e) {
      if (!decided.compareAndSet(false, true)) {
        stuck.decrementAndGet();
      }
      throw e;
    }
    if (!decided.compareAndSet(false, true)) {
      try {
        tooLate.accept(value);
      } finally {
        stuck.decrementAndGet();
      }
    }
    return value;
  }

  /** The task is not cancelled: one that has not begun would never count as ended. */
  private void giveUp(Thread thread) {
    stuck.incrementAndGet();
    thread.interrupt();
  }

  private Thread start(FutureTask<?> task, Runnable ended) {
    boolean started = false;
    try {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("plugin")
              .inheritInheritableThreadLocals(false)
              .unstarted(() -> {
                try {
                  task.run();
                } finally {
                  ended.run();
                }
              });
      thread.setContextClassLoader(classLoader);
      thread.start();
      started = true;
      return thread;
    } finally {
      if (!started) {
        ended.run();
      }
    }
  }

  /** Code with a checked exception, or none. */
  @FunctionalInterface
  interface Code<T extends @Nullable Object, E extends Exception> {
    T run() throws E;
  }

  /** Runs code on the calling thread. */
  static <T extends @Nullable Object, E extends Exception> T inPlace(
      ClassLoader classLoader, Code<T, E> code) throws E {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classLoader);
    try {
      return code.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String inWords(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
