package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.StrictParser;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one GET stream of a legacy session. It stands open for what belongs to no call; where the
 * stream of a call ended early it is what goes on with it, one call after the other, and stands
 * open again afterwards. One virtual thread reads it, which ends with the session.
 */
final class GetStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GetStream.class);

  /** So often in a row a call's stream may bring nothing. */
  private static final int MOST_EMPTY = 20;

  /** Takes what the stream brings. */
  interface Reader {
    void heard(Message message, Optional<LegacyCall> call) throws InterruptedException;

    void lost(UpstreamException why);
  }

  /** Opens the stream. */
  @FunctionalInterface
  interface Opening {
    EventStream open(Optional<String> lastEventId) throws UpstreamException, InterruptedException;
  }

  private record Continuation(LegacyCall call, SseCursor cursor) {}

  private final Opening opening;
  private final Reader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Continuation> continuations = new ArrayDeque<>();
  private Optional<EventStream> standing = Optional.empty();
  private boolean wanted;
  private boolean known;
  private boolean refused;
  private boolean running;
  private boolean closed;

  GetStream(Opening opening, Reader reader) {
    this.opening = opening;
    this.reader = reader;
  }

  /**
   * Whether the server offers such a stream, which stands open from then on. A server may leave
   * that open until it has something to say: then it is believed to.
   */
  boolean open(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      wanted = true;
      run();
      long left = patience.toNanos();
      while (!known && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      known = true;
      return !refused && !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Goes on with the stream of a call. */
  void goOn(LegacyCall call, SseCursor cursor) {
    lock.lock();
    try {
      continuations.add(new Continuation(call, cursor));
      standing.ifPresent(EventStream::close);
      run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    if (!running && !closed) {
      running = true;
      Thread.ofVirtual().name("stream of a session").start(this::read);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      standing.ifPresent(EventStream::close);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // --- on the reading thread

  private void read() {
    SseCursor cursor = new SseCursor();
    try {
      while (awaitWork()) {
        Optional<Continuation> next = nextContinuation();
        if (next.isPresent()) {
          goOn(next.get());
        } else {
          stand(cursor);
          await(cursor.pause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // transports are strangers
      LOG.error("a stream could not be read", e);
      reader.lost(new UpstreamException(Reason.BROKEN, true, 0, "the stream could not be read"));
    }
  }

  /** False once it is closed. */
  private boolean awaitWork() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && continuations.isEmpty() && (!wanted || refused)) {
        changed.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void await(Duration pause) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = pause.toNanos();
      while (!closed && continuations.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Continuation> nextContinuation() {
    lock.lock();
    try {
      return Optional.ofNullable(continuations.poll());
    } finally {
      lock.unlock();
    }
  }

  /** Reads what belongs to no call. */
  private void stand(SseCursor cursor) throws InterruptedException {
    try (EventStream events = opening.open(cursor.lastEventId())) {
      begun(events);
      for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
        cursor.passed(next.get());
        heard(next.get(), Optional.empty());
      }
    } catch (UpstreamException e) {
      LOG.debug("the stream of a session: {}", e.getMessage());
      failed(e);
    } finally {
      locked(() -> standing = Optional.empty());
    }
  }

  private void begun(EventStream events) {
    locked(() -> {
      known = true;
      standing = Optional.of(events);
      changed.signalAll();
      if (closed || !continuations.isEmpty()) {
        events.close();
      }
    });
  }

  private void failed(UpstreamException why) {
    boolean never = why.reason() == Reason.REFUSED || why.reason() == Reason.MALFORMED;
    boolean later = why.status() == 409 || why.status() == 429 || why.status() / 100 == 5;
    locked(() -> {
      known = true;
      refused |= never && !later;
      changed.signalAll();
    });
    if (why.reason() == Reason.SESSION_LOST) {
      close();
      reader.lost(why);
    }
  }

  private void goOn(Continuation continuation) throws InterruptedException {
    LegacyCall call = continuation.call();
    SseCursor cursor = continuation.cursor();
    for (int empty = 0; !call.isOver() && !isClosed(); empty++) {
      if (empty > MOST_EMPTY) {
        call.fail(
            new UpstreamException(
                Reason.BROKEN, true, 0, "the server's stream brings nothing more"));
        return;
      }
      pause(cursor.pause());
      try (EventStream events = opening.open(cursor.lastEventId())) {
        Optional<Event> next = events.next();
        while (next.isPresent()) {
          cursor.passed(next.get());
          heard(next.get(), Optional.of(call));
          empty = next.get().data().length > 0 ? 0 : empty;
          if (call.isOver()) {
            return;
          }
          next = events.next();
        }
      } catch (UpstreamException e) {
        if (e.reason() != Reason.BROKEN) {
          // Whatever this request has met, the call's own one was delivered.
          call.fail(new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage())));
        }
      }
    }
  }

  /** Another call's stream does not shorten this wait, which the server has asked for. */
  private void pause(Duration pause) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = pause.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void heard(Event event, Optional<LegacyCall> call) throws InterruptedException {
    if (event.data().length == 0) {
      return;
    }
    try {
      reader.heard(StrictParser.parseServer(event.data()), call);
    } catch (MalformedMessageException e) {
      LOG.warn("dropped an event that is no JSON-RPC message: {}", e.getMessage());
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
