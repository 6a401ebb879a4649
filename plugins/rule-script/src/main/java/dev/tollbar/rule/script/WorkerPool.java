package dev.tollbar.rule.script;

import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker processes of an engine. One that was killed is replaced by another, which is warm
 * before anybody gets it. Used by many threads at once.
 */
final class WorkerPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final Duration START_WITHIN = Duration.ofSeconds(60);
  private static final Duration FIRST_REST = Duration.ofSeconds(1);
  private static final Duration LONGEST_REST = Duration.ofSeconds(30);

  // First come, first served.
  private final BlockingQueue<WorkerProcess> idle = new LinkedTransferQueue<>();
  private final Set<WorkerProcess> all = ConcurrentHashMap.newKeySet();
  private final Set<Long> live = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  WorkerPool(int size) {
    for (int i = 0; i < size; i++) {
      replace();
    }
  }

  /** The scripts that are in use; a worker drops the others. */
  Set<Long> live() {
    return live;
  }

  private void replace() {
    if (!closed) {
      Crew.thread("script-process-start", this::startOne).start();
    }
  }

  private void startOne() {
    Duration rest = FIRST_REST;
    while (!closed) {
      try {
        WorkerProcess worker = WorkerProcess.start(START_WITHIN);
        all.add(worker);
        idle.add(worker);
        if (closed) {
          worker.kill();
        }
        return;
      } catch (IOException e) {
        LOG.error(
            "no worker process for scripts starts; the next attempt comes in {}",
            Durations.format(rest),
            e);
      } catch (InterruptedException e) {
        return;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(rest.toNanos());
      } catch (InterruptedException e) {
        return;
      }
      rest = rest.multipliedBy(2).compareTo(LONGEST_REST) < 0 ? rest.multipliedBy(2) : LONGEST_REST;
    }
  }

  /** Something that is done with a worker. */
  @FunctionalInterface
  interface Use<T> {
    T with(WorkerProcess worker) throws ScriptFailure, InterruptedException;
  }

  /**
   * Lends a worker. If it is not alive afterwards, another takes its place.
   *
   * @throws ScriptFailure with {@link Kind#BUSY} if none is free in time
   */
  <T> T use(Duration within, Use<T> use) throws ScriptFailure, InterruptedException {
    WorkerProcess worker = borrow(within);
    boolean usable = false;
    boolean left = false;
    try {
      T value = use.with(worker);
      usable = true;
      return value;
    } catch (ScriptFailure e) {
      // What had to be stopped may still be at work in there.
      usable = !e.runaway();
      throw e;
    } catch (InterruptedException e) {
      left = true;
      Thread.startVirtualThread(() -> settle(worker));
      throw e;
    } finally {
      if (!left) {
        giveBack(worker, usable);
      }
    }
  }

  private void settle(WorkerProcess worker) {
    boolean usable = false;
    try {
      usable = worker.settle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      giveBack(worker, usable);
    }
  }

  private void giveBack(WorkerProcess worker, boolean usable) {
    if (usable && worker.alive() && !closed) {
      idle.add(worker);
    } else {
      worker.kill();
      all.remove(worker);
      replace();
    }
  }

  private WorkerProcess borrow(Duration within) throws ScriptFailure, InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    while (true) {
      if (closed) {
        throw new ScriptFailure(Kind.CLOSED, "the plugin is stopped");
      }
      @Nullable WorkerProcess worker =
          idle.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (worker == null) {
        throw new ScriptFailure(
            Kind.BUSY, "waited for a worker process longer than " + Durations.format(within));
      }
      if (worker.alive()) {
        return worker;
      }
      all.remove(worker);
      replace();
    }
  }

  /** Kills all workers. */
  @Override
  public void close() {
    closed = true;
    all.forEach(WorkerProcess::kill);
  }
}
