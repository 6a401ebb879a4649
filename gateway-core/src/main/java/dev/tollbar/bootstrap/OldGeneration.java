package dev.tollbar.bootstrap;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the memory of a gateway near what it needs. The serial collector lets what has died in its
 * old generation lie there until the heap has its largest size, a quarter of the machine's memory;
 * and each connection leaves something there every second or so under load, because the JVM begins
 * a new stack for a waiting thread whose last one has become old. So this has it collected when as
 * much has come to it as lived there.
 */
final class OldGeneration implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OldGeneration.class);
  private static final String OF_THE_SERIAL_COLLECTOR = "Tenured Gen";
  private static final long LEAST = 48L * 1024 * 1024;
  private static final Duration ROUND = Duration.ofSeconds(5);

  private final LongSupplier used;
  private final Runnable collect;
  private final Thread watch;
  private long lived;
  private volatile boolean closed;

  OldGeneration(LongSupplier used, Runnable collect) {
    this.used = used;
    this.collect = collect;
    this.watch = Thread.ofPlatform().daemon().name("old-generation").unstarted(this::watch);
  }

  static OldGeneration ofThisProcess() {
    return new OldGeneration(OldGeneration::usedHere, System::gc);
  }

  /** Nothing where another collector works, which looks after it itself. */
  private static long usedHere() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals(OF_THE_SERIAL_COLLECTOR))
        .mapToLong(pool -> pool.getUsage().getUsed())
        .sum();
  }

  void start() {
    watch.start();
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(ROUND.toNanos());
      look();
    }
  }

  /** Collects if it is time. */
  void look() {
    long before = used.getAsLong();
    if (before - lived <= Math.max(lived, LEAST)) {
      return;
    }
    collect.run();
    lived = used.getAsLong();
    LOG.debug("old generation: {} MB, of which {} MB live", before >> 20, lived >> 20);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watch);
  }
}
