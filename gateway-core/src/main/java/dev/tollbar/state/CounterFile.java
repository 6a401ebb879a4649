package dev.tollbar.state;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where durable counters lie, for all processes that share them. All methods throw {@link
 * dev.tollbar.api.StoreUnavailableException}; then what they were to do may have been done all the
 * same.
 */
interface CounterFile {

  /** For what has been taken, and by no process that could give it back. */
  long SETTLED = 0;

  /**
   * How much a process may count, at one place of a counter.
   *
   * @param until when it counts no more, in milliseconds
   */
  record Row(long place, long process, BigDecimal amount, long until) {}

  /** A counter of the file. */
  record Stored(CounterKey key, String holder, long until) {}

  /** What is done with one counter within a transaction. */
  interface Contact {
    CounterKey key();

    String holder();

    /** The rows that are to be written; one with an amount of zero is to be taken away. */
    List<Row> decide(List<Row> rows);
  }

  /** All in one transaction, which nobody else's can come between. On disk when it returns. */
  void write(List<? extends Contact> contacts);

  /** As {@link #write}, of contacts that write nothing. */
  void read(List<? extends Contact> contacts);

  /** All counters in which something counts. */
  void counters(Instant now, Consumer<Stored> each);

  /** Drops rows that count no more, not all at once; true if there may be more. */
  boolean prune(Instant now);
}
