package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite file {@code tollbar.db} of the data folder: one connection, opened when it is first
 * needed, behind one lock. Other processes may use the file at the same time; what {@link #write}
 * has returned from is on disk.
 *
 * <p>Failures are {@link StoreUnavailableException}s that name the file. After one the connection
 * is opened anew, so that a store that comes back is used again.
 */
final class Database implements AutoCloseable {

  /** Work on an open connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private static final int BUSY_MILLIS = 5_000;

  private final Path folder;
  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Connection connection;
  private boolean closed;

  Database(Path folder) {
    this.folder = folder;
    this.file = folder.resolve("tollbar.db");
  }

  /** Reads; the given value if there is no file yet, which is then not made. */
  <T> T read(T absent, Work<T> work) {
    return run(() -> connection == null && !Files.exists(file) ? absent : work.on(opened()));
  }

  /** One transaction that waits for and keeps out every other writer from its beginning. */
  <T> T write(Work<T> work) {
    return run(() -> inTransaction(opened(), work));
  }

  /** As {@link #write}, but does nothing if there is no file yet. */
  <T> T change(T absent, Work<T> work) {
    return run(
        () -> connection == null && !Files.exists(file) ? absent : inTransaction(opened(), work));
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

  private <T> T run(Attempt<T> attempt) {
    lock.lock();
    try {
      return attempt.run();
    } catch (SQLException e) {
      disconnect();
      throw new StoreUnavailableException(file + " " + explanation(e), e);
    } catch (IOException e) {
      throw new StoreUnavailableException(file + " cannot be made: " + explanation(e), e);
    } finally {
      lock.unlock();
    }
  }

  private Connection opened() throws SQLException, IOException {
    if (closed) {
      throw new StoreUnavailableException(file + " is closed: the gateway is stopping");
    }
    Connection open = connection;
    if (open == null) {
      makeFile();
      open = connect();
      connection = open;
    }
    return open;
  }

  private Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    Connection fresh = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    try {
      if (Schema.isBehind(fresh, file)) {
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

  /** SQLite gives the files beside it (-wal, -shm) the same mode. */
  private void makeFile() throws IOException {
    if (Files.exists(file)) {
      return;
    }
    Files.createDirectories(folder, mode("rwx------"));
    try {
      Files.createFile(file, mode("rw-------"));
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; it has set the mode.
    }
  }

  private static FileAttribute<?>[] mode(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
    execute(connection, "BEGIN IMMEDIATE");
    boolean committed = false;
    try {
      T result = work.on(connection);
      execute(connection, "COMMIT");
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
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // What went wrong before is being thrown; the connection is closed with it.
    }
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

  private static String explanation(SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    return switch (code.code & 0xff) {
      case 5, 6 -> "is busy: another process has held it for " + BUSY_MILLIS / 1_000 + " s";
      case 8 -> "cannot be written: it is read-only";
      case 11 -> "is damaged";
      case 13 -> "cannot be written: the disk is full";
      case 14 -> "cannot be opened: check its folder and permissions";
      case 26 -> "is not a Tollbar store: it is no SQLite file";
      default -> "cannot be read or written (" + code.name() + ")";
    };
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
