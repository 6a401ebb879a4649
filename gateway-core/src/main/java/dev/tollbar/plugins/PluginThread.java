package dev.tollbar.plugins;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Runs the code of one plugin with the plugin's class loader as the thread's own, so that what the
 * plugin looks up by it ({@link java.util.ServiceLoader} for one) is found in its jar.
 */
record PluginThread(ClassLoader classLoader, Duration limit, PluginApi api) {

  /**
   * Runs code on a daemon thread of its own, for code that may never return. A thread that does not
   * heed the interrupt is left behind.
   *
   * @param doing the beginning of the message, should it fail
   * @throws Refusal when the code throws anything or takes longer than the limit
   */
  <T> T call(String doing, Callable<T> code) throws Refusal, InterruptedException {
    FutureTask<T> task = new FutureTask<>(code);
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("plugin")
            .inheritInheritableThreadLocals(false)
            .unstarted(task);
    thread.setContextClassLoader(classLoader);
    thread.start();
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new Refusal(
          doing + ": no end within " + limitInWords() + "; the plugin's author can tell why", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw new Refusal(doing + ": " + Fault.words(e, api), e);
    } finally {
      task.cancel(true);
    }
  }

  /** Runs code on the calling thread. */
  static <T> T inPlace(ClassLoader classLoader, Supplier<T> code) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classLoader);
    try {
      return code.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private String limitInWords() {
    return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }
}
