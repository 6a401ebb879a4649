package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.ListChanged;
import dev.tollbar.protocol.SseText;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one stream on which a client hears what all its servers say outside of calls. Safe for use by
 * many threads.
 */
final class Outlet {
  private static final byte[] NOTHING = {};

  private final Duration keepAlive;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition turned = lock.newCondition();
  private final Set<ListChanged> pending = EnumSet.noneOf(ListChanged.class);
  private Optional<ClientReply.Events> open = Optional.empty();
  private boolean ended;

  Outlet(Duration keepAlive) {
    this.keepAlive = keepAlive;
  }

  /**
   * Serves a client's stream until it leaves, opens another one, or the session ends.
   *
   * @param opened called once the stream takes events
   */
  void serve(ClientReply client, Runnable opened) throws IOException {
    ClientReply.Events events = client.events();
    try {
      begin(events);
      opened.run();
      await(events);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      leave(events);
    }
    events.close();
  }

  private void begin(ClientReply.Events events) throws IOException {
    lock.lock();
    try {
      open = Optional.of(events);
      turned.signalAll();
      events.write(new Event(SseText.keepAlive(), NOTHING));
      for (ListChanged change : pending) {
        events.write(event(change));
      }
      pending.clear();
    } finally {
      lock.unlock();
    }
  }

  private void await(ClientReply.Events events) throws InterruptedException {
    lock.lock();
    try {
      while (isOpen(events) && !ended) {
        if (!turned.await(keepAlive.toNanos(), TimeUnit.NANOSECONDS) && isOpen(events)) {
          // Nothing else tells that a client has left.
          write(new Event(SseText.keepAlive(), NOTHING));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isOpen(ClientReply.Events events) {
    return open.map(now -> now.equals(events)).orElse(false);
  }

  private void leave(ClientReply.Events events) {
    lock.lock();
    try {
      if (isOpen(events)) {
        open = Optional.empty();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isOpen() {
    lock.lock();
    try {
      return open.isPresent() && !ended;
    } finally {
      lock.unlock();
    }
  }

  /** Sends one event at once. False if nobody listens. */
  boolean write(Event event) {
    lock.lock();
    try {
      if (open.isEmpty() || ended) {
        return false;
      }
      open.get().write(event);
      return true;
    } catch (IOException e) {
      open = Optional.empty();
      turned.signalAll();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Tells the client of a change, as soon as it listens. */
  void tell(ListChanged change) {
    lock.lock();
    try {
      if (!write(event(change))) {
        pending.add(change);
      }
    } finally {
      lock.unlock();
    }
  }

  void end() {
    lock.lock();
    try {
      ended = true;
      turned.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static Event event(ListChanged change) {
    byte[] json = change.message(Optional.empty());
    return new Event(SseText.message(json), json);
  }
}
