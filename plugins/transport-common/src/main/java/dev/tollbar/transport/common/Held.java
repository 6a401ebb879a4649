package dev.tollbar.transport.common;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of messages that wait for whoever they are for, of all servers that one transport speaks
 * to. What a reader is too slow for waits in memory; this bounds it in all, where each call has a
 * bound of its own besides. Safe for use by many threads.
 */
final class Held {
  /** An eighth of the memory. */
  static final Held ALL = new Held(Runtime.getRuntime().maxMemory() / 8);

  private final long most;
  private final AtomicLong bytes = new AtomicLong();

  Held(long most) {
    this.most = most;
  }

  void add(long more) {
    bytes.addAndGet(more);
  }

  /** Whether nothing more is to be taken by who has something already. */
  boolean full() {
    return bytes.get() >= most;
  }
}
