package dev.tollbar.legacy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What happened to a call and its client has not heard yet. Whoever reads the call's own stream
 * waits while there is more than a little of it, so that a slow client slows down its server; what
 * comes by another way waits for nobody.
 */
final class CallQueue {
  private static final int MOST_OF_ITS_STREAM = 8;
  private static final int MOST = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<CallEvent> waiting = new ArrayDeque<>();

  /** Adds what the call's own stream brought, once there is space. */
  void put(CallEvent event) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.size() >= MOST_OF_ITS_STREAM) {
        changed.await();
      }
      add(event);
    } finally {
      lock.unlock();
    }
  }

  /** Adds what came by another way. False if there is too much already. */
  boolean offer(CallEvent event) {
    lock.lock();
    try {
      if (waiting.size() >= MOST) {
        return false;
      }
      add(event);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Adds the end, for which there is always space. */
  void end(CallEvent event) {
    lock.lock();
    try {
      add(event);
    } finally {
      lock.unlock();
    }
  }

  private void add(CallEvent event) {
    waiting.add(event);
    changed.signalAll();
  }

  /** Blocks for the next. */
  CallEvent take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        changed.await();
      }
      return removed();
    } finally {
      lock.unlock();
    }
  }

  /** The next, if there is one within that time. */
  Optional<CallEvent> poll(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (waiting.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return waiting.isEmpty() ? Optional.empty() : Optional.of(removed());
    } finally {
      lock.unlock();
    }
  }

  private CallEvent removed() {
    CallEvent event = waiting.remove();
    changed.signalAll();
    return event;
  }
}
