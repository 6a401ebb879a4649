package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamMessage.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server has said outside of calls and the client has not heard yet. While the client
 * listens and has too much to read, the server waits; while it does not listen, the oldest is
 * dropped.
 */
final class Unheard {
  private static final Logger LOG = LoggerFactory.getLogger(Unheard.class);
  static final int MOST_EVENTS = 1_000;
  static final int MOST_BYTES = 1024 * 1024;

  private final String server;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Event> events = new ArrayDeque<>();
  private long bytes;
  private Optional<Listener> listener = Optional.empty();
  private boolean dropped;
  private boolean over;

  Unheard(String server) {
    this.server = server;
  }

  /** One who listens, until another does or the session is over. */
  final class Listener implements EventStream {
    private boolean closed;

    @Override
    public Optional<Event> next() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (!closed && events.isEmpty()) {
          changed.await();
        }
        return closed ? Optional.empty() : Optional.of(taken());
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        closed = true;
        listener = listener.filter(other -> !other.equals(this));
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Begins to listen, in place of whoever did before. */
  Listener listen() {
    lock.lock();
    try {
      listener.ifPresent(Listener::close);
      Listener next = new Listener();
      next.closed = over;
      listener = over ? Optional.empty() : Optional.of(next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Begins to listen, if nobody does. */
  Optional<Listener> listenIfNobodyDoes() {
    lock.lock();
    try {
      return listener.isPresent() || over ? Optional.empty() : Optional.of(listen());
    } finally {
      lock.unlock();
    }
  }

  boolean listening() {
    lock.lock();
    try {
      return listener.isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an event for the client. Waits while the client has too many of them to read. */
  void add(Event event) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (event.data().length == 0 && listener.isEmpty()) {
        return; // a comment says only that the server is still there
      }
      while (!over && listener.isPresent() && isFullFor(event)) {
        changed.await();
      }
      put(event);
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an event for the client, without waiting. */
  void keep(Event event) {
    lock.lock();
    try {
      put(event);
    } finally {
      lock.unlock();
    }
  }

  private void put(Event event) {
    if (over) {
      return;
    }
    while (isFullFor(event)) {
      taken();
      tellOfDropping();
    }
    events.addLast(event);
    bytes += event.raw().length;
    changed.signalAll();
  }

  /** Takes back what a listener could not hand on. */
  void giveBack(Event event) {
    lock.lock();
    try {
      if (over || event.data().length == 0) {
        return;
      }
      events.addFirst(event);
      bytes += event.raw().length;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is a request of the server, and nobody who listens. */
  boolean hasRequest() {
    lock.lock();
    try {
      return listener.isEmpty() && events.stream().anyMatch(Unheard::isRequest);
    } finally {
      lock.unlock();
    }
  }

  /** The oldest request of the server, if nobody listens. */
  Optional<Event> takeRequest() {
    lock.lock();
    try {
      Optional<Event> oldest =
          listener.isPresent()
              ? Optional.empty()
              : events.stream().filter(Unheard::isRequest).findFirst();
      oldest.ifPresent(event -> {
        events.remove(event);
        bytes -= event.raw().length;
      });
      return oldest;
    } finally {
      lock.unlock();
    }
  }

  /** The server that asked these is no longer there. */
  void forgetRequests() {
    lock.lock();
    try {
      events.removeIf(Unheard::isRequest);
      bytes = events.stream().mapToLong(event -> event.raw().length).sum();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The session is over. */
  void end() {
    lock.lock();
    try {
      over = true;
      listener.ifPresent(Listener::close);
      events.clear();
      bytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  static boolean isRequest(Event event) {
    return event.data().length > 0
        && ServerMessage.read(event.data())
            .map(message -> message.kind() == Kind.REQUEST)
            .orElse(false);
  }

  private Event taken() {
    Event event = events.removeFirst();
    bytes -= event.raw().length;
    changed.signalAll();
    return event;
  }

  /** One event may be larger than all that is kept otherwise. */
  private boolean isFullFor(Event another) {
    return !events.isEmpty()
        && (events.size() >= MOST_EVENTS || bytes + another.raw().length > MOST_BYTES);
  }

  private void tellOfDropping() {
    if (!dropped) {
      LOG.warn(
          "{} says more than a client that does not listen can be told later: the oldest is dropped",
          server);
    }
    dropped = true;
  }
}
