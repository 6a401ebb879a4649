package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One connection to the SQLite file of the data folder, opened when it is first needed, behind one
 * lock. What {@link #write} has returned from is on disk.
 *
 * <p>Failures are {@link StoreUnavailableException}s that name the file. After most of them the
 * connection is opened anew, so that a store that comes back is used again.
 */
final class Link implements AutoCloseable {
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(5);
  private static final String READ_ONLY = "cannot be written: it is read-only";

  private final Path folder;
  private final Path file;
  private final Duration busy;
  private final Outage outage;
  private final ReentrantLock turn;
  private final Database.Work<Boolean> opening;
  private final boolean upgrades;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Connection connection;
  private long seen;
  private Object connectedTo = "";
  private boolean closed;

  /**
   * A connection.
   *
   * @param busy how long it waits for another writer
   * @param turn held by the one writer of this process
   * @param opening what is done first with each fresh connection
   * @param upgrades whether an older Tollbar's file is brought up to date
   */
  Link(
      Path file,
      Duration busy,
      Outage outage,
      ReentrantLock turn,
      Database.Work<Boolean> opening,
      boolean upgrades) {
    this.turn = turn;
    this.opening = opening;
    this.upgrades = upgrades;
    this.folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    this.file = file;
    this.busy = busy;
    this.outage = outage;
  }

  /** Reads; the given value if there is no file yet, which is then not made. */
  <T> T read(T absent, Database.Work<T> work) {
    return run(false, () -> connection == null && !Files.exists(file) ? absent : work.on(opened()));
  }

  /** One transaction that waits for and keeps out every other writer from its beginning. */
  <T> T write(Database.Work<T> work) {
    return run(true, () -> inTurn(work));
  }

  /** As {@link #write}, but does nothing if there is no file yet. */
  <T> T change(T absent, Database.Work<T> work) {
    return run(true, () -> connection == null && !Files.exists(file) ? absent : inTurn(work));
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      disconnect();
    } finally {
      lock.unlock();
    }
  }

  private <T> T run(boolean writes, Attempt<T> attempt) {
    lock.lock();
    try {
      T result = attempt.run();
      if (writes) {
        outage.works();
      }
      return result;
    } catch (SQLException e) {
      if (!isPassing(e)) {
        disconnect();
      }
      throw failed(new StoreUnavailableException(file + " " + explanation(file, e, busy), e));
    } catch (IOException e) {
      throw failed(new StoreUnavailableException(file + " cannot be made: " + explanation(e), e));
    } catch (StoreUnavailableException e) {
      disconnect();
      throw closed ? e : failed(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writers of this process queue up here: those who wait inside of SQLite for one another are let
   * in by chance.
   */
  private <T> T inTurn(Database.Work<T> work) throws SQLException, IOException {
    boolean mine = false;
    try {
      mine = turn.tryLock(busy.toMillis(), TimeUnit.MILLISECONDS);
      if (!mine) {
        throw new StoreUnavailableException(file + " " + busy(busy));
      }
      return inTransaction(opened(), work);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(file + " was not waited for: interrupted", e);
    } finally {
      if (mine) {
        turn.unlock();
      }
    }
  }

  private static String busy(Duration time) {
    return "is busy: another process has held it for " + time.toSeconds() + " s";
  }

  private StoreUnavailableException failed(StoreUnavailableException why) {
    outage.failed(String.valueOf(why.getMessage()));
    return why;
  }

  private Connection opened() throws SQLException, IOException {
    if (closed) {
      throw new StoreUnavailableException(file + " is closed: the gateway is stopping");
    }
    if (seen != outage.number()) {
      seen = outage.number();
      if (connection != null && !identity().equals(connectedTo)) {
        disconnect(); // somebody has put another file there
      }
    }
    Connection open = connection;
    if (open == null) {
      makeFile();
      open = connect();
      connectedTo = identity();
      connection = open;
    }
    return open;
  }

  /** Tells files apart that were at this path one after the other. */
  private Object identity() {
    try {
      return Objects.requireNonNullElse(
          Files.readAttributes(file, BasicFileAttributes.class).fileKey(), "");
    } catch (IOException e) {
      return "none";
    }
  }

  private Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(Math.toIntExact(busy.toMillis()));
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    Connection fresh = connect(config);
    try {
      opening.on(fresh);
      if (Schema.isBehind(fresh, file) && upgrades) {
        inTransaction(
            fresh,
            // Another process may have been faster.
            c -> Schema.isBehind(c, file) && Schema.create(c));
      }
      return fresh;
    } catch (SQLException | RuntimeException e) {
      close(fresh);
      throw e;
    }
  }

  /**
   * To make a file a write-ahead log takes the whole file for a moment, and SQLite itself does not
   * wait for others who do the same.
   */
  private Connection connect(SQLiteConfig config) throws SQLException {
    long giveUp = System.nanoTime() + busy.toNanos();
    while (true) {
      try {
        return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
      } catch (SQLException e) {
        if (!isBusy(e) || System.nanoTime() - giveUp > 0) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  /** SQLite gives the files beside it (-wal, -shm) the same mode. */
  private void makeFile() throws IOException {
    if (Files.exists(file)) {
      return;
    }
    Files.createDirectories(folder, mode("rwx------"));
    try {
      create(file);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; it has set the mode.
    }
  }

  /** An empty file that only its owner can read. */
  static void create(Path path) throws IOException {
    Files.createFile(path, mode("rw-------"));
  }

  private static FileAttribute<?>[] mode(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static <T> T inTransaction(Connection connection, Database.Work<T> work)
      throws SQLException {
    Database.execute(connection, "BEGIN IMMEDIATE");
    boolean committed = false;
    try {
      T result = work.on(connection);
      Database.execute(connection, "COMMIT");
      committed = true;
      return result;
    } finally {
      if (!committed) {
        rollBack(connection);
      }
    }
  }

  private static void rollBack(Connection connection) {
    try {
      Database.execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // What went wrong before is being thrown; the connection is closed with it.
    }
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      close(open);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // Nothing is lost: what was acknowledged is on disk.
    }
  }

  private static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? sqlite.getResultCode()
        : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  /**
   * Whether the connection is good for the next attempt: nothing is wrong with the file. To open it
   * anew would take room on a full disk.
   */
  private static boolean isPassing(SQLException e) {
    return isBusy(e) || primary(e) == SQLiteErrorCode.SQLITE_FULL.code;
  }

  private static boolean isBusy(SQLException e) {
    return primary(e) == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  private static int primary(SQLException e) {
    return code(e).code & 0xff;
  }

  /** Why a file cannot be used, after its name. */
  static String explanation(Path file, SQLException e, Duration busy) {
    return switch (primary(e)) {
      case 5, 6 -> busy(busy);
      case 8 -> READ_ONLY;
      case 11 -> "is damaged";
      case 13 -> "cannot be written: the disk is full";
      case 14 ->
          isReadOnly(file) ? READ_ONLY : "cannot be opened: check its folder and permissions";
      case 26 -> "is not a Tollbar store: it is no SQLite file";
      default -> "cannot be read or written (" + code(e).name() + ")";
    };
  }

  /** Where no files can be made beside it, it cannot even be read. */
  private static boolean isReadOnly(Path file) {
    try {
      Path folder = file.toRealPath().getParent();
      return folder != null && !Files.isWritable(folder);
    } catch (IOException e) {
      return false;
    }
  }

  private static String explanation(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException exists -> exists.getFile() + " is a file, not a folder";
      case AccessDeniedException denied -> "no permission for " + denied.getFile();
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> "the folder or file cannot be written";
    };
  }

  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws SQLException, IOException;
  }
}
