package dev.tollbar.state;

import java.util.concurrent.atomic.AtomicLong;

/** How many entries the logs of all rolling windows may have together. Safe for many threads. */
final class LogRoom {
  private final AtomicLong free;

  LogRoom(long entries) {
    free = new AtomicLong(entries);
  }

  /** True if there was room, which is taken now. */
  boolean take(int entries) {
    long left = free.get();
    while (left >= entries) {
      if (free.compareAndSet(left, left - entries)) {
        return true;
      }
      left = free.get();
    }
    return false;
  }

  void giveBack(int entries) {
    free.addAndGet(entries);
  }

  long free() {
    return free.get();
  }
}
