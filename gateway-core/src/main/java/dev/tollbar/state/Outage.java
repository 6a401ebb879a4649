package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store can be used. After a failure it is tried once a second until it can be used
 * again, whether anybody needs it or not. Safe for use by many threads.
 */
final class Outage implements AutoCloseable {
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private final Runnable probe;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable String problem;
  private Consumer<Optional<String>> told = _ -> {};
  private final AtomicLong number = new AtomicLong();
  private boolean closed;

  /**
   * No outage yet.
   *
   * @param probe uses the store; throws {@link StoreUnavailableException} if it cannot
   */
  Outage(Runnable probe) {
    this.probe = probe;
  }

  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /**
   * Who is told of every change: why the store cannot be used, or that it can be again. Commands
   * need not be, as what they ask for fails in the same words.
   */
  void whenChanged(Consumer<Optional<String>> listener) {
    lock.lock();
    try {
      told = listener;
      if (problem != null) {
        told.accept(problem());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Counts failures: what was open at an earlier one is to be opened anew. */
  long number() {
    return number.get();
  }

  void failed(String why) {
    lock.lock();
    try {
      number.incrementAndGet();
      boolean first = problem == null;
      boolean other = !why.equals(problem);
      problem = why;
      if (other) {
        told.accept(problem());
      }
      if (first && !closed) {
        Thread.ofPlatform().daemon().name("store-watch").start(this::watch);
      }
    } finally {
      lock.unlock();
    }
  }

  void works() {
    if (problem == null) {
      return;
    }
    lock.lock();
    try {
      if (problem != null) {
        problem = null;
        told.accept(Optional.empty());
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    while (pause()) {
      try {
        probe.run();
        works();
      } catch (StoreUnavailableException e) {
        // It has said so itself.
      }
    }
  }

  /** Whether there is still something to watch after it. */
  private boolean pause() {
    lock.lock();
    try {
      long left = BETWEEN_TRIES.toNanos();
      while (left > 0 && problem != null && !closed) {
        left = changed.awaitNanos(left);
      }
      return problem != null && !closed;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
