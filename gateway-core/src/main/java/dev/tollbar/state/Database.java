package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The SQLite file {@code tollbar.db} of the data folder. Who reads waits for no one who writes.
 * Other processes may use the file at the same time; what {@link #write} has returned from is on
 * disk. Failures are {@link StoreUnavailableException}s that name the file.
 */
final class Database implements AutoCloseable {
  private static final Duration BUSY = Duration.ofSeconds(5);
  private static final Duration READER_BUSY = Duration.ofSeconds(1);

  /** Work on an open connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private final Path file;
  private final Work<Boolean> opening;
  private final boolean upgrades;
  private final Outage outage;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final Link reading;
  private final Link writing;
  private final ExecutorService readers = thread("store-reader");
  private final ExecutorService writers = thread("store-writer");

  Database(Path folder) {
    this(folder, _ -> true);
  }

  /**
   * A database.
   *
   * @param opening what is done first with each fresh connection
   */
  Database(Path folder, Work<Boolean> opening) {
    this(folder, opening, true);
  }

  private Database(Path folder, Work<Boolean> opening, boolean upgrades) {
    this.opening = opening;
    this.upgrades = upgrades;
    this.file = folder.resolve("tollbar.db");
    this.outage = new Outage(this::probe);
    this.reading = link(READER_BUSY);
    this.writing = link(BUSY);
  }

  /**
   * A database that is left as an older Tollbar has made it: for who looks at it or copies it,
   * maybe while that one runs.
   */
  static Database asItIs(Path folder) {
    return new Database(folder, _ -> true, false);
  }

  /** Reads; the given value if there is no file yet, which is then not made. */
  <T> T read(T absent, Work<T> work) {
    return apart(readers, () -> reading.read(absent, work));
  }

  /** One transaction that waits for and keeps out every other writer from its beginning. */
  <T> T write(Work<T> work) {
    return apart(writers, () -> writing.write(work));
  }

  /** As {@link #write}, but does nothing if there is no file yet. */
  <T> T change(T absent, Work<T> work) {
    return apart(writers, () -> writing.change(absent, work));
  }

  /**
   * A connection of its own for one who must not wait for others, and who closes it.
   *
   * @param busy how long it waits for another process
   */
  Link link(Duration busy) {
    return new Link(file, busy, outage, turn, opening, upgrades);
  }

  /** Why the file cannot be read or written at present. Does not wait for anything. */
  Optional<String> problem() {
    return outage.problem();
  }

  /** Who is told when {@link #problem} changes. */
  void whenProblemChanges(Consumer<Optional<String>> told) {
    outage.whenChanged(told);
  }

  @Override
  public void close() {
    outage.close();
    reading.close();
    writing.close();
    readers.shutdown();
    writers.shutdown();
  }

  /** Writes something that changes nothing. */
  private void probe() {
    try (Link link = link(READER_BUSY)) {
      link.change(
          false,
          connection -> {
            execute(
                connection, "PRAGMA user_version = " + number(connection, "PRAGMA user_version"));
            return true;
          });
    }
  }

  /**
   * A thread that waits inside of SQLite is a platform thread: a virtual one would hold up others.
   */
  private static <T> T apart(Executor threads, Supplier<T> work) {
    if (!Thread.currentThread().isVirtual()) {
      return work.get();
    }
    try {
      return CompletableFuture.supplyAsync(work, threads).join();
    } catch (RejectedExecutionException e) {
      throw new StoreUnavailableException("the store is closed: the gateway is stopping", e);
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreUnavailableException unavailable) {
        throw new StoreUnavailableException(String.valueOf(unavailable.getMessage()), unavailable);
      }
      throw e;
    }
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
