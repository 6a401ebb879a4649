package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.protocol.SseText;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The GET stream to the server, which the gateway keeps open whether the client has one or not:
 * what a server says before its client listens would be lost. One virtual thread reads it, opens it
 * anew when it ends, and waits longer each time that nothing came.
 */
final class StandingStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StandingStream.class);

  /** Opens the stream. */
  @FunctionalInterface
  interface Opening {
    EventStream open(Optional<String> lastEventId) throws UpstreamException, InterruptedException;
  }

  /** Takes what the server says; waits while there is no room for it. */
  @FunctionalInterface
  interface Sink {
    void take(Event event) throws InterruptedException;
  }

  /** What is known of the server's stream. */
  enum Offer {
    /** It is open, or will be again. */
    GIVEN,
    /** The server has none. */
    REFUSED,
    /** The session is over. */
    OVER
  }

  /** How long the stream stays closed before it is opened again. */
  record Pauses(Duration first, Duration longest) {
    static Pauses usual() {
      return new Pauses(Duration.ofSeconds(1), Duration.ofSeconds(30));
    }

    Duration after(Duration pause) {
      return bounded(pause.multipliedBy(2));
    }

    Duration bounded(Duration asked) {
      return asked.compareTo(longest) > 0 ? longest : asked;
    }
  }

  private final String server;
  private final Opening opening;
  private final Sink sink;
  private final Pauses pauses;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Optional<Offer> offer = Optional.empty();
  private Optional<Thread> reader = Optional.empty();
  private Optional<EventStream> stream = Optional.empty();
  private Optional<String> lastEventId = Optional.empty();
  private boolean wanted;
  private boolean inHaste;
  private volatile boolean resting;
  private boolean closed;

  StandingStream(String server, Opening opening, Sink sink, Pauses pauses) {
    this.server = server;
    this.opening = opening;
    this.sink = sink;
    this.pauses = pauses;
  }

  /** Opens the stream, unless it is open or the session is over. */
  void open() {
    locked(() -> {
      if (closed || wanted || offer.equals(Optional.of(Offer.OVER))) {
        return;
      }
      wanted = true;
      resting = false;
      offer = Optional.empty();
      startReading();
    });
  }

  /** Closes the stream until {@link #wake}. */
  void rest() {
    locked(() -> {
      if (wanted) {
        wanted = false;
        resting = true;
        stream.ifPresent(EventStream::close);
        changed.signalAll();
      }
    });
  }

  /** Opens the stream if it rests. */
  void wake() {
    if (resting) {
      open();
    }
  }

  /** The line leads to another server now: the stream is opened there, without delay. */
  void follow() {
    locked(() -> {
      lastEventId = Optional.empty();
      inHaste = true;
      stream.ifPresent(EventStream::close);
      changed.signalAll();
    });
    if (!resting) {
      open();
    }
  }

  /** What is known of the stream, after waiting so long for it at most. */
  Offer offer(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (offer.isEmpty() && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return closed ? Offer.OVER : offer.orElse(Offer.GIVEN);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    locked(() -> {
      closed = true;
      wanted = false;
      stream.ifPresent(EventStream::close);
      reader.ifPresent(Thread::interrupt);
      changed.signalAll();
    });
  }

  private void startReading() {
    if (reader.isEmpty()) {
      reader = Optional.of(Thread.ofVirtual().name("stream of " + server).start(this::read));
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

  // --- on the reading thread

  private void read() {
    Duration pause = pauses.first();
    try {
      while (isWanted()) {
        Round round = round();
        pause = round.heard() ? pauses.first() : pause;
        await(round.retry().map(pauses::bounded).orElse(pause));
        pause = pauses.after(pause);
      }
    } catch (InterruptedException e) {
      LOG.debug("{}: its stream is not wanted any more", server);
    } catch (RuntimeException e) { // transports are strangers
      LOG.error("{}: its stream cannot be read", server, e);
      known(Offer.REFUSED);
    } finally {
      locked(() -> {
        reader = Optional.empty();
        if (wanted && !closed) {
          startReading(); // somebody wanted it again just when it came to its end
        }
      });
    }
  }

  /** What one opening of the stream gave. */
  private record Round(boolean heard, Optional<Duration> retry) {}

  private Round round() throws InterruptedException {
    boolean heard = false;
    Optional<Duration> retry = Optional.empty();
    try (EventStream events = opening.open(lastEventId())) {
      begun(events);
      for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
        byte[] raw = next.get().raw();
        heard |= next.get().data().length > 0;
        OptionalLong asked = SseText.retry(raw);
        retry = asked.isPresent() ? Optional.of(Duration.ofMillis(asked.getAsLong())) : retry;
        SseText.id(raw).ifPresent(this::remember);
        sink.take(next.get());
      }
    } catch (UpstreamException e) {
      LOG.debug("{}: its stream: {}", server, e.getMessage());
      known(offerAfter(e));
    } finally {
      locked(() -> stream = Optional.empty());
    }
    return new Round(heard, retry);
  }

  /**
   * Whether a stream that failed is worth another attempt: not if the server says that it has none.
   * A conflict is an earlier stream of this session that the server has not given up yet.
   */
  private static Offer offerAfter(UpstreamException e) {
    if (e.reason() == Reason.SESSION_LOST) {
      return Offer.OVER;
    }
    boolean later =
        e.status() == 408 || e.status() == 409 || e.status() == 429 || e.status() / 100 == 5;
    boolean refused = e.reason() == Reason.REFUSED && (!later || e.status() == 501);
    return refused || e.reason() == Reason.MALFORMED ? Offer.REFUSED : Offer.GIVEN;
  }

  private void known(Offer now) {
    locked(() -> {
      // A refusal of a server that is no longer the one at the other end says nothing.
      boolean counts = now == Offer.GIVEN || !inHaste;
      offer = counts ? Optional.of(now) : Optional.empty();
      wanted &= now == Offer.GIVEN || inHaste;
      changed.signalAll();
    });
  }

  private void begun(EventStream events) {
    locked(() -> {
      stream = Optional.of(events);
      inHaste = false;
      offer = Optional.of(Offer.GIVEN);
      changed.signalAll();
      if (!wanted) {
        events.close();
      }
    });
  }

  private Optional<String> lastEventId() {
    lock.lock();
    try {
      return lastEventId;
    } finally {
      lock.unlock();
    }
  }

  private void remember(String id) {
    locked(() -> lastEventId = Optional.of(id));
  }

  private boolean isWanted() {
    lock.lock();
    try {
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  private void await(Duration pause) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = pause.toNanos();
      while (wanted && !inHaste && left > 0) {
        left = changed.awaitNanos(left);
      }
      inHaste = false;
    } finally {
      lock.unlock();
    }
  }
}
