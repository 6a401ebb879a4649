package dev.tollbar.pipeline;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after requests that their clients cancel by leaving: those that take longer than a moment
 * are shown a comment several times a second, so that a client that left is noticed in under one.
 */
final class Patience implements AutoCloseable {
  private final Duration moment;
  private final Set<PatientReply> waiting = ConcurrentHashMap.newKeySet();
  private final Thread ticker;
  private volatile boolean idle;
  private volatile boolean closed;

  /**
   * Begins to look after requests.
   *
   * @param moment how long one may take without being shown comments, and how often it is shown one
   *     then
   */
  Patience(Duration moment) {
    this.moment = moment;
    this.ticker = Thread.ofPlatform().daemon().name("patience").unstarted(this::tick);
    ticker.start();
  }

  void begin(PatientReply reply) {
    waiting.add(reply);
    if (idle) {
      LockSupport.unpark(ticker);
    }
  }

  void end(PatientReply reply) {
    waiting.remove(reply);
  }

  private void tick() {
    while (!closed) {
      sleep();
      long old = System.nanoTime() - moment.toNanos();
      for (PatientReply reply : waiting) {
        if (reply.since() - old < 0) {
          // One thread each: a client that does not read must not hold up the others.
          Thread.ofVirtual().start(reply::beat);
        }
      }
    }
  }

  /** A gateway without such requests burns nothing. */
  private void sleep() {
    idle = true;
    if (waiting.isEmpty() && !closed) {
      LockSupport.park(this);
    }
    idle = false;
    LockSupport.parkNanos(moment.toNanos());
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(ticker);
  }
}
