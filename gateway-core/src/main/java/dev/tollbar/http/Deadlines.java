package dev.tollbar.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Until when what a connection waits for has to be there. The thread of the connection says what it
 * waits for; another one asks whether it has waited too long.
 */
final class Deadlines {
  /**
   * Something that the client has to do.
   *
   * @param reason what it is, if it takes too long
   * @param bytes how many there were, or are, for which it may take longer
   */
  private record Wait(Guard.Reason reason, long since, long bytes) {

    boolean isOver(ConnectionTerms terms, long now) {
      Duration time =
          switch (reason) {
            case LATE_HEAD -> terms.head();
            case LATE_BODY -> terms.body();
            case IDLE -> terms.idle();
            default -> terms.reply();
          };
      long grace = bytes * TimeUnit.SECONDS.toNanos(1) / ConnectionTerms.SLOWEST;
      return now - since > time.toNanos() + grace;
    }
  }

  private enum Phase {
    /** The connection is new, or a part of a request is there. */
    HEAD,
    /** A request is being answered, which may read its body. */
    REQUEST,
    /** Nothing of a next request is there. */
    IDLE
  }

  private final Supplier<ConnectionTerms> terms;
  private final LongSupplier nanos;

  // Of the thread of the connection alone.
  private Phase phase = Phase.HEAD;
  private long begun;
  private boolean bodyBegun;
  private long bodyBytes;

  private volatile @Nullable Wait reading;
  private volatile @Nullable Wait writing;

  Deadlines(Supplier<ConnectionTerms> terms, LongSupplier nanos) {
    this.terms = terms;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
  }

  /** The connection begins to wait for bytes. */
  void reading() {
    long now = nanos.getAsLong();
    switch (phase) {
      case HEAD -> reading = new Wait(Guard.Reason.LATE_HEAD, begun, 0);
      case IDLE -> reading = new Wait(Guard.Reason.IDLE, now, 0);
      case REQUEST -> {
        if (!bodyBegun) {
          bodyBegun = true;
          begun = now;
        }
        reading = new Wait(Guard.Reason.LATE_BODY, begun, bodyBytes);
      }
    }
  }

  /** Bytes have come, or the end. */
  void read(int bytes) {
    reading = null;
    if (phase == Phase.REQUEST) {
      bodyBytes += bytes;
    } else if (phase == Phase.IDLE) {
      // What has to arrive in time from here on is the whole head, however it is cut.
      phase = Phase.HEAD;
      begun = nanos.getAsLong();
    }
  }

  /** A head is complete: whoever answers the request begins. */
  void requested() {
    phase = Phase.REQUEST;
    bodyBegun = false;
    bodyBytes = 0;
  }

  /** How much of the body has come, and with it perhaps of what follows. */
  long bodyBytes() {
    return bodyBytes;
  }

  boolean inRequest() {
    return phase == Phase.REQUEST;
  }

  /** The request is answered. */
  void answered() {
    phase = Phase.IDLE;
  }

  /** Whatever else comes is thrown away. */
  void closing() {
    phase = Phase.HEAD;
    begun = nanos.getAsLong();
  }

  /** The connection begins to write. */
  void writing(long bytes) {
    writing = new Wait(Guard.Reason.SLOW_READER, nanos.getAsLong(), bytes);
  }

  void written() {
    writing = null;
  }

  /** What has taken too long, if anything. */
  Optional<Guard.Reason> overdue() {
    long now = nanos.getAsLong();
    ConnectionTerms allowed = terms.get();
    Wait write = writing;
    if (write != null && write.isOver(allowed, now)) {
      return Optional.of(write.reason());
    }
    Wait read = reading;
    return read != null && read.isOver(allowed, now)
        ? Optional.of(read.reason())
        : Optional.empty();
  }
}
