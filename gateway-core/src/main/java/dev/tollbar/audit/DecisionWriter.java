package dev.tollbar.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records, one thread at a time: a thread of its own, or a caller that waits for its record
 * and finds nobody at it. A caller writes what others wait for, too. A place is free again when its
 * record is in the file.
 */
final class DecisionWriter {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionWriter.class);
  private static final int BATCH_RECORDS = 1024;
  private static final int BATCH_BYTES = 1 << 20;

  /** So often a caller writes for others before it leaves that to the thread. */
  private static final int MOST_ROUNDS = 4;

  /** How long refusals are counted before a line tells of them. */
  private static final long COUNT_NANOS = 1_000_000_000;

  /** A line on its way into the file. */
  static final class Pending {
    private final LogLine line;
    private volatile @Nullable Thread waiter;
    private volatile boolean written;

    Pending(LogLine line) {
      this.line = line;
    }

    private void written() {
      written = true;
      wakeUp();
    }

    private void wakeUp() {
      Thread waiting = waiter;
      if (waiting != null) {
        LockSupport.unpark(waiting);
      }
    }
  }

  private final DecisionFile file;
  private final Semaphore places;
  private final DecisionLog.Settings settings;
  private final Refusals refusals;
  private final ConcurrentLinkedQueue<Pending> waiting = new ConcurrentLinkedQueue<>();
  private final DecisionEncoder encoder = new DecisionEncoder();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("decision-log").unstarted(this::run);

  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean parked;
  private volatile long parkedUntil;
  private volatile boolean finishing;
  private volatile Optional<String> problem = Optional.empty();

  /** Lines that are being written: first the log's own, then those that have places. */
  private final List<byte[]> batch = new ArrayList<>();

  private final List<Pending> placed = new ArrayList<>();
  private boolean closed;
  private long syncedAt = System.nanoTime();
  private long countedAt = System.nanoTime();

  DecisionWriter(
      DecisionFile file, Semaphore places, DecisionLog.Settings settings, Refusals refusals) {
    this.file = file;
    this.places = places;
    this.settings = settings;
    this.refusals = refusals;
  }

  void start() {
    thread.start();
  }

  /** Adds a line that nobody waits for. */
  void add(LogLine line) {
    waiting.add(new Pending(line));
    wake();
  }

  /** There is something to do, perhaps later. */
  void wake() {
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Adds a line, and returns when it is in the file; not later than in so long, nor while nothing
   * can be written.
   */
  void addThrough(LogLine line, long nanos) {
    Pending pending = new Pending(line);
    pending.waiter = Thread.currentThread();
    waiting.add(pending);
    // An interrupt is meant for the call; its record must still be written.
    boolean interrupted = Thread.interrupted();
    if (writeMyself(pending) || finishing) {
      wake();
    }
    long end = System.nanoTime() + nanos;
    while (!pending.written && problem.isEmpty()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
    }
    pending.waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the writer has something to do after this. */
  private boolean writeMyself(Pending pending) {
    for (int round = 0; round < MOST_ROUNDS && !pending.written; round++) {
      if (problem.isPresent()) {
        return true;
      }
      if (!writing.tryLock()) {
        return false; // who is at it looks for more before it goes
      }
      try {
        if (closed || !write()) {
          return true;
        }
      } finally {
        writing.unlock();
      }
    }
    return !waiting.isEmpty() || parkedUntil - System.nanoTime() > DecisionFile.LEASE.toNanos();
  }

  Optional<String> problem() {
    return problem;
  }

  void finish() throws IOException {
    finishing = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    int lost = placed.size() + waiting.size();
    if (lost > 0) {
      throw new IOException(lost + " decision records were lost: " + problem.orElse("not written"));
    }
  }

  private void run() {
    while (!finishing) {
      if (step()) {
        rest();
      } else {
        LockSupport.parkNanos(settings.retry().toNanos());
      }
    }
    writeTheRest();
  }

  /** Writes and syncs what is due. False after a failure: the batch is kept and tried again. */
  private boolean step() {
    writing.lock();
    try {
      return write() && sync();
    } finally {
      writing.unlock();
    }
  }

  private boolean write() {
    try {
      do {
        fill();
        file.append(batch);
        release();
      } while (!waiting.isEmpty() && untilSync() > 0);
      if (problem.isPresent()) {
        LOG.info("decision records are written again");
        problem = Optional.empty();
      }
      return true;
    } catch (IOException | RuntimeException e) {
      failed(e);
      return false;
    }
  }

  private boolean sync() {
    try {
      file.releaseInTime();
      if (file.dirty() && (finishing || untilSync() <= 0)) {
        file.sync();
        syncedAt = System.nanoTime();
      }
      return true;
    } catch (IOException | RuntimeException e) {
      failed(e);
      return false;
    }
  }

  private void failed(Exception e) {
    if (problem.isEmpty()) {
      LOG.error("{}; calls are denied until they can", file.problem(e));
    }
    problem = Optional.of(file.problem(e));
    placed.forEach(Pending::wakeUp);
  }

  private void release() {
    places.release(placed.size());
    placed.forEach(Pending::written);
    placed.clear();
    batch.clear();
  }

  private void fill() {
    if (!batch.isEmpty()) {
      return;
    }
    if (refusals.hasCounted() && (finishing || untilCount() <= 0)) {
      refusals.take().forEach(event -> batch.add(encoder.body(event)));
      countedAt = System.nanoTime();
    }
    long bytes = 0;
    while (placed.size() < BATCH_RECORDS && bytes < BATCH_BYTES) {
      Pending next = waiting.poll();
      if (next == null) {
        break;
      }
      byte[] body = encoder.body(next.line);
      batch.add(body);
      placed.add(next);
      bytes += body.length;
    }
  }

  private void rest() {
    long due = untilDue();
    parkedUntil = due == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + due;
    parked = true;
    if (waiting.isEmpty() && !finishing) {
      if (due == Long.MAX_VALUE) {
        LockSupport.park();
      } else {
        LockSupport.parkNanos(due);
      }
    }
    parked = false;
  }

  /** How long there is nothing to do if nothing comes. */
  private long untilDue() {
    writing.lock();
    try {
      long due = Long.MAX_VALUE;
      if (file.isHeld()) {
        due = DecisionFile.LEASE.toNanos();
      } else if (file.dirty()) {
        due = Math.max(1, untilSync());
      }
      return refusals.hasCounted() ? Math.min(due, Math.max(1, untilCount())) : due;
    } finally {
      writing.unlock();
    }
  }

  private long untilSync() {
    return syncedAt + settings.sync().toNanos() - System.nanoTime();
  }

  private long untilCount() {
    return countedAt + COUNT_NANOS - System.nanoTime();
  }

  /** Slots that are still held get their time; a failure now is final. */
  private void writeTheRest() {
    long end = System.nanoTime() + settings.patience().toNanos();
    while (step() && slotsAreHeld() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    writing.lock();
    try {
      closed = true;
      file.close();
    } catch (IOException e) {
      problem = Optional.of(file.problem(e));
    } finally {
      writing.unlock();
    }
  }

  private boolean slotsAreHeld() {
    return places.availablePermits() < settings.places();
  }
}
