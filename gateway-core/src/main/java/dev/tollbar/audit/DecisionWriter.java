package dev.tollbar.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that writes records. A place is free again when its record is in the file. */
final class DecisionWriter {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionWriter.class);
  private static final int BATCH_RECORDS = 1024;
  private static final int BATCH_BYTES = 1 << 20;

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

  private volatile boolean parked;
  private volatile boolean finishing;
  private volatile Optional<String> problem = Optional.empty();

  /** Lines that are being written: first the log's own, then those that have places. */
  private final List<byte[]> batch = new ArrayList<>();

  private final List<Pending> placed = new ArrayList<>();
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

  Pending add(LogLine line) {
    Pending pending = new Pending(line);
    waiting.add(pending);
    wake();
    return pending;
  }

  /** There is something to do, perhaps later. */
  void wake() {
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  /** Waits until a line is in the file; not for long, and not while nothing can be written. */
  void await(Pending pending, long nanos) {
    pending.waiter = Thread.currentThread();
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
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
    try {
      do {
        fill();
        file.append(batch);
        release();
      } while (!waiting.isEmpty() && untilSync() > 0);
      if (file.dirty() && (finishing || untilSync() <= 0)) {
        file.sync();
        syncedAt = System.nanoTime();
      }
      if (problem.isPresent()) {
        LOG.info("decision records are written again");
        problem = Optional.empty();
      }
      return true;
    } catch (IOException | RuntimeException e) {
      if (problem.isEmpty()) {
        LOG.error("{}; calls are denied until they can", file.problem(e));
      }
      problem = Optional.of(file.problem(e));
      placed.forEach(Pending::wakeUp);
      return false;
    }
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
    parked = true;
    if (waiting.isEmpty() && !finishing) {
      long due = Long.MAX_VALUE;
      if (file.dirty()) {
        due = Math.max(1, untilSync());
      }
      if (refusals.hasCounted()) {
        due = Math.min(due, Math.max(1, untilCount()));
      }
      if (due == Long.MAX_VALUE) {
        LockSupport.park();
      } else {
        LockSupport.parkNanos(due);
      }
    }
    parked = false;
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
    try {
      file.close();
    } catch (IOException e) {
      problem = Optional.of(file.problem(e));
    }
  }

  private boolean slotsAreHeld() {
    return places.availablePermits() < settings.places();
  }
}
