package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.protocol.SseText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server has to say to one client outside of its requests. Kept while nobody listens, the
 * newest first to be kept; whoever listens too slowly makes the server wait.
 */
final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final int MOST_MESSAGES = 1_000;
  private static final long MOST_BYTES = 4L * 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> messages = new ArrayDeque<>();
  private long bytes;
  private int listener;
  private boolean listening;
  private boolean closed;

  /** Adds a message. */
  void add(byte[] json) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (listening && isFull()) {
        changed.await();
      }
      messages.add(json);
      bytes += json.length;
      while (isFull() && messages.size() > 1 && !listening) {
        bytes -= messages.remove().length;
        LOG.warn("more messages than are kept for a client that does not listen: dropped one");
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull() {
    return !closed && (messages.size() > MOST_MESSAGES || bytes > MOST_BYTES);
  }

  /** Begins to listen; whoever did before stops. */
  EventStream listen() {
    lock.lock();
    try {
      listening = true;
      int who = ++listener;
      changed.signalAll();
      return new EventStream() {
        @Override
        public Optional<Event> next() throws InterruptedException {
          return Outbox.this.next(who).map(json -> new Event(SseText.message(json), json));
        }

        @Override
        public void close() {
          stop(who);
        }
      };
    } finally {
      lock.unlock();
    }
  }

  private Optional<byte[]> next(int who) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (who == listener && messages.isEmpty() && !closed) {
        changed.await();
      }
      Optional<byte[]> message =
          who == listener && !closed ? Optional.ofNullable(messages.poll()) : Optional.empty();
      message.ifPresent(json -> bytes -= json.length);
      changed.signalAll();
      return message;
    } finally {
      lock.unlock();
    }
  }

  private void stop(int who) {
    lock.lock();
    try {
      if (who == listener) {
        listening = false;
        listener++;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends whoever listens. */
  void close() {
    lock.lock();
    try {
      closed = true;
      listening = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
