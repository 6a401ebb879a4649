package dev.tollbar.rule.script;

import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The platform threads that scripts run on, and the watchdog that stops what is over its budget.
 * Virtual threads would not do: a few endless loops on them hold up all others.
 *
 * <p>A worker whose job is stopped is given up: another takes its place at once, while it finds its
 * own end. A few scripts cannot be ended: their own rules go into quarantine, and when {@link
 * #MOST_STUCK} workers are lost to such, no script runs any more, and every rule of this kind
 * denies.
 */
final class Crew implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
  private static final int QUEUE_LENGTH = 1024;
  private static final int MOST_STUCK = 3;
  private static final Duration STUCK_AFTER = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(2);
  // Parking and waking the watchdog for every single call would cost more than a few idle looks.
  private static final int IDLE_POLLS = 25;

  private final int size;
  private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(QUEUE_LENGTH);
  private final List<Worker> workers = new CopyOnWriteArrayList<>();
  private final List<Lost> ending = new ArrayList<>(); // guarded by this
  private int stuck; // guarded by this
  private int started; // guarded by this
  private volatile @Nullable Kind refusal;
  private final Thread watchdog;
  private volatile boolean watchdogParked;

  private record Lost(Worker worker, Job<?> job, long since) {}

  Crew(int size) {
    this.size = size;
    this.watchdog = thread("script-watchdog", this::watch);
    watchdog.start();
    replenish();
  }

  /** How many jobs run at once. */
  int size() {
    return size;
  }

  /** Has a worker run it, and blocks until it has ended. */
  <T> T run(Job<T> job) throws ScriptFailure, InterruptedException {
    refuse();
    if (!queue.offer(job)) {
      throw new ScriptFailure(Kind.BUSY, QUEUE_LENGTH + " calls wait for a worker already");
    }
    // What was refused for all meanwhile may have missed this job.
    refuse();
    return job.await();
  }

  private void refuse() throws ScriptFailure {
    Kind kind = refusal;
    if (kind != null) {
      throw new ScriptFailure(kind, detail(kind));
    }
  }

  private static String detail(Kind kind) {
    return kind == Kind.SWITCHED_OFF
        ? "scripts are switched off: " + MOST_STUCK + " could not be ended"
        : "the plugin is stopped";
  }

  private final class Worker implements Runnable {
    private final Thread thread;
    private volatile @Nullable Job<?> current;

    Worker(int number) {
      thread = thread("script-worker-" + number, this);
    }

    @Override
    public void run() {
      try {
        boolean mine = true;
        while (mine && refusal == null) {
          Job<?> job = next();
          current = job;
          if (watchdogParked) {
            LockSupport.unpark(watchdog);
          }
          mine = job.run();
          current = null;
        }
      } catch (InterruptedException e) {
        // The crew is closed.
      } finally {
        ended(this);
      }
    }
  }

  /**
   * The next job. Before it waits for one it lets others go first: on a busy machine they bring
   * some, and nobody has to be put to sleep and woken.
   */
  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but the time it takes
  private Job<?> next() throws InterruptedException {
    Job<?> job = queue.poll();
    if (job == null) {
      Thread.yield();
      job = queue.poll();
    }
    return job != null ? job : queue.take();
  }

  private synchronized void replenish() {
    while (refusal == null && workers.size() < size && ending.size() < MOST_STUCK) {
      Worker worker = new Worker(++started);
      workers.add(worker);
      worker.thread.start();
    }
  }

  private synchronized void ended(Worker worker) {
    workers.remove(worker);
    for (Lost lost : List.copyOf(ending)) {
      if (lost.worker() == worker) {
        ending.remove(lost);
        lost.job().conduct().ended();
      }
    }
    replenish();
  }

  private void watch() {
    int idle = 0;
    while (refusal != Kind.CLOSED) {
      boolean busy = lookOrGoOn();
      idle = busy ? 0 : idle + 1;
      if (idle < IDLE_POLLS) {
        LockSupport.parkNanos(POLL.toNanos());
        continue;
      }
      watchdogParked = true;
      if (!lookOrGoOn() && refusal != Kind.CLOSED) {
        LockSupport.park(this);
      }
      watchdogParked = false;
    }
  }

  /** Every caller relies on this thread: no error of one look may end it. */
  private boolean lookOrGoOn() {
    try {
      return look();
    } catch (Throwable e) { // also an OutOfMemoryError that a script has caused
      return true;
    }
  }

  private boolean look() {
    boolean busy = false;
    long now = System.nanoTime();
    for (Worker worker : workers) {
      Job<?> job = worker.current;
      if (job != null) {
        busy = true;
        Kind breach = job.breach(now, worker.thread.threadId());
        if (breach != null) {
          stop(worker, job, breach);
        }
      }
    }
    for (Job<?> first = queue.peek();
        first != null && first.isForgotten(now);
        first = queue.peek()) {
      queue.remove(first);
      first.forget();
    }
    return countStuck(now) || busy || !queue.isEmpty();
  }

  private void stop(Worker worker, Job<?> job, Kind breach) {
    String detail =
        breach == Kind.TOO_LONG
            ? "ran longer than " + Durations.format(job.budget().time())
            : "allocated more than " + new ByteSize(job.budget().bytes());
    synchronized (this) {
      // First: its caller may come again at once, and must find that this one has not ended.
      job.conduct().stopped();
      if (!job.stop(breach, detail)) {
        job.conduct().ended(); // by itself, in the last moment
        return;
      }
      workers.remove(worker);
      ending.add(new Lost(worker, job, System.nanoTime()));
      replenish();
    }
    Context context = job.context();
    if (context != null) {
      closeApart(context);
    }
  }

  // Closing waits for the code inside to end, which some never does.
  private static void closeApart(Context context) {
    thread("script-stop", () -> context.close(true)).start();
  }

  private synchronized boolean countStuck(long now) {
    Iterator<Lost> each = ending.iterator();
    while (each.hasNext()) {
      Lost lost = each.next();
      if (now - lost.since() > STUCK_AFTER.toNanos()) {
        each.remove();
        stuck++;
        lost.job().conduct().stuck();
        if (stuck == MOST_STUCK && refusal == null) {
          refuseAll(Kind.SWITCHED_OFF);
          LOG.error("{}; every script rule denies", detail(Kind.SWITCHED_OFF));
        }
        replenish();
      }
    }
    return !ending.isEmpty();
  }

  private void refuseAll(Kind kind) {
    refusal = kind;
    List<Job<?>> waiting = new ArrayList<>();
    queue.drainTo(waiting);
    waiting.forEach(job -> job.stop(kind, detail(kind)));
  }

  static Thread thread(String name, Runnable body) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .inheritInheritableThreadLocals(false)
            .unstarted(body);
    thread.setContextClassLoader(Engine.class.getClassLoader());
    return thread;
  }

  /** Ends the threads, as far as they can be ended. Returns at once. */
  @Override
  public void close() {
    refuseAll(Kind.CLOSED);
    for (Worker worker : workers) {
      worker.thread.interrupt();
      Job<?> job = worker.current;
      if (job != null) {
        job.stop(Kind.CLOSED, detail(Kind.CLOSED));
      }
    }
    LockSupport.unpark(watchdog);
  }
}
