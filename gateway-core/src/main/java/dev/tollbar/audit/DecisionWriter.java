package dev.tollbar.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** The one thread that writes records. A place is free again when its record is in the file. */
final class DecisionWriter {
  private static final int BATCH_RECORDS = 1024;
  private static final int BATCH_BYTES = 1 << 20;

  private final DecisionFile file;
  private final Semaphore places;
  private final DecisionLog.Settings settings;
  private final ConcurrentLinkedQueue<LogLine> waiting = new ConcurrentLinkedQueue<>();
  private final DecisionEncoder encoder = new DecisionEncoder();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("decision-log").unstarted(this::run);

  private volatile boolean parked;
  private volatile boolean finishing;
  private volatile Optional<String> problem = Optional.empty();

  private final List<byte[]> batch = new ArrayList<>();
  private long syncedAt = System.nanoTime();

  DecisionWriter(DecisionFile file, Semaphore places, DecisionLog.Settings settings) {
    this.file = file;
    this.places = places;
    this.settings = settings;
  }

  void start() {
    thread.start();
  }

  void add(LogLine line) {
    waiting.add(line);
    if (parked) {
      LockSupport.unpark(thread);
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
    int lost = batch.size() + waiting.size();
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
        places.release(batch.size());
        batch.clear();
      } while (!waiting.isEmpty() && untilSync() > 0);
      if (file.dirty() && (finishing || untilSync() <= 0)) {
        file.sync();
        syncedAt = System.nanoTime();
      }
      problem = Optional.empty();
      return true;
    } catch (IOException | RuntimeException e) {
      problem = Optional.of(file.problem(e));
      return false;
    }
  }

  private void fill() {
    if (!batch.isEmpty()) {
      return;
    }
    long bytes = 0;
    while (batch.size() < BATCH_RECORDS && bytes < BATCH_BYTES) {
      LogLine line = waiting.poll();
      if (line == null) {
        break;
      }
      byte[] body = encoder.body(line);
      batch.add(body);
      bytes += body.length;
    }
  }

  private void rest() {
    parked = true;
    if (waiting.isEmpty() && !finishing) {
      if (file.dirty()) {
        LockSupport.parkNanos(Math.max(1, untilSync()));
      } else {
        LockSupport.park();
      }
    }
    parked = false;
  }

  private long untilSync() {
    return syncedAt + settings.sync().toNanos() - System.nanoTime();
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
