package dev.tollbar.http;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Watches the connections of one port. The web server itself waits for ever for what a client has
 * begun to send, and for a client that does not read. Safe for use by many threads.
 */
public final class Guard implements AutoCloseable {

  /** Why a connection is closed, or a request not read. */
  public enum Reason {
    LATE_HEAD("it did not send the head of a request in time"),
    LATE_BODY("it did not send the body of a request in time"),
    SLOW_READER("it did not read what it was sent"),
    IDLE("it sent no further request"),
    TOO_MANY("too many connections are open"),
    TOO_MANY_FROM_ADDRESS("too many connections of its address are open"),
    TOO_MANY_BYTES("too many bytes of bodies are held");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** One word, for metrics. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** For people: why it is. */
    public String text() {
      return text;
    }
  }

  /** Who is told of each. */
  @FunctionalInterface
  public interface Watcher {
    /** Takes note, without blocking. */
    void closed(Reason reason);
  }

  /** A connection, for the guard. */
  interface Watched {

    /** Where it comes from; empty for this machine. */
    Optional<Source> source();

    /** What has taken it too long, if anything. */
    Optional<Reason> overdue();

    /** Closes it under the hands of whoever waits. False if that was done before. */
    boolean cut();
  }

  private static final Duration SHORTEST_ROUND = Duration.ofMillis(20);
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(1);

  private final Supplier<ConnectionTerms> terms;
  private final Watcher watcher;
  private final LongSupplier nanos;
  private final Set<Watched> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final Map<Source, Integer> sources = new ConcurrentHashMap<>();
  private final AtomicLong bodies = new AtomicLong();
  private final Thread watch;
  private volatile boolean closed;

  /**
   * Begins to watch.
   *
   * @param terms asked whenever something is decided
   */
  public Guard(Supplier<ConnectionTerms> terms, Watcher watcher) {
    this(terms, watcher, System::nanoTime);
    watch.start();
  }

  /** One that looks only when it is told to. */
  Guard(Supplier<ConnectionTerms> terms, Watcher watcher, LongSupplier nanos) {
    this.terms = terms;
    this.watcher = watcher;
    this.nanos = nanos;
    // No virtual thread: it must run also while calls take all that there is.
    this.watch = Thread.ofPlatform().daemon().name("connection-watch").unstarted(this::rounds);
  }

  Deadlines deadlines() {
    return new Deadlines(terms, nanos);
  }

  /** Lets a connection in, or says why not. Whoever is let in leaves. */
  Optional<Reason> enter(Watched connection) {
    ConnectionTerms now = terms.get();
    if (count.incrementAndGet() > now.connections()) {
      count.decrementAndGet();
      return refused(Reason.TOO_MANY);
    }
    Optional<Source> source = connection.source();
    int same = source.map(from -> sources.merge(from, 1, Integer::sum)).orElse(0);
    if (now.perAddress() > 0 && same > now.perAddress()) {
      forget(source);
      return refused(Reason.TOO_MANY_FROM_ADDRESS);
    }
    open.add(connection);
    return Optional.empty();
  }

  void leave(Watched connection) {
    if (open.remove(connection)) {
      forget(connection.source());
    }
  }

  private void forget(Optional<Source> source) {
    count.decrementAndGet();
    source.ifPresent(
        from -> sources.computeIfPresent(from, (_, number) -> number == 1 ? null : number - 1));
  }

  private Optional<Reason> refused(Reason reason) {
    watcher.closed(reason);
    return Optional.of(reason);
  }

  /** Whether there is room for so many bytes of a body just now; else that is told. */
  boolean hasRoom(long bytes) {
    boolean room = bodies.get() + bytes <= terms.get().bodies();
    if (!room) {
      watcher.closed(Reason.TOO_MANY_BYTES);
    }
    return room;
  }

  /**
   * Makes room for bytes of a body; false if there is none. Whoever has taken some gives it back.
   */
  boolean take(long bytes) {
    long most = terms.get().bodies();
    long now = bodies.addAndGet(bytes);
    if (now > most) {
      bodies.addAndGet(-bytes);
      watcher.closed(Reason.TOO_MANY_BYTES);
      return false;
    }
    return true;
  }

  void giveBack(long bytes) {
    bodies.addAndGet(-bytes);
  }

  /** How many connections are open. */
  public int connections() {
    return count.get();
  }

  /** How many bytes of bodies are held. */
  public long bodies() {
    return bodies.get();
  }

  private void rounds() {
    while (!closed) {
      LockSupport.parkNanos(this, round().toNanos());
      look();
    }
  }

  /** Often enough for the shortest time that somebody has. */
  private Duration round() {
    ConnectionTerms now = terms.get();
    Duration round = LONGEST_ROUND;
    for (Duration each : new Duration[] {now.head(), now.body(), now.idle(), now.reply()}) {
      Duration quarter = each.dividedBy(4);
      round = quarter.compareTo(round) < 0 ? quarter : round;
    }
    return round.compareTo(SHORTEST_ROUND) < 0 ? SHORTEST_ROUND : round;
  }

  /** Closes what has waited too long. */
  void look() {
    for (Watched connection : open) {
      connection.overdue().filter(_ -> connection.cut()).ifPresent(watcher::closed);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watch);
  }
}
