package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** The tables of the embedded store, and which version of them a file has. */
final class Schema {

  /** Kept in the file as {@code user_version}. */
  static final int VERSION = 2;

  /** Kept in the file as {@code application_id}: "TBAR". */
  private static final int APPLICATION = 0x54424152;

  private Schema() {}

  /**
   * Whether the file is new, or an older Tollbar's, and wants {@link #create}.
   *
   * @throws StoreUnavailableException if it is a newer Tollbar's, or some other program's
   */
  static boolean isBehind(Connection connection, Path file) throws SQLException {
    long version = Database.number(connection, "PRAGMA user_version");
    long application = Database.number(connection, "PRAGMA application_id");
    boolean empty = Database.number(connection, "SELECT count(*) FROM sqlite_master") == 0;
    if (empty && version == 0) {
      return true;
    }
    if (application != APPLICATION) {
      throw new StoreUnavailableException(
          file + " is not a Tollbar store: some other program has made it");
    }
    if (version > VERSION) {
      throw new StoreUnavailableException(
          "%s was written by a newer Tollbar: it has schema %d, this one knows up to %d"
              .formatted(file, version, VERSION));
    }
    return version < VERSION;
  }

  /** Makes what the file does not have yet. In one transaction: whole, or not at all. */
  static boolean create(Connection connection) throws SQLException {
    long version = Database.number(connection, "PRAGMA user_version");
    if (version < 1) {
      createFirst(connection);
    }
    if (version < 2) {
      addHistory(connection);
    }
    Database.execute(connection, "PRAGMA application_id = " + APPLICATION);
    Database.execute(connection, "PRAGMA user_version = " + VERSION);
    return true;
  }

  private static void addHistory(Connection connection) throws SQLException {
    Database.execute(
        connection,
        """
        CREATE TABLE revisions (
          id TEXT PRIMARY KEY,
          file TEXT NOT NULL,
          text TEXT NOT NULL
        ) STRICT
        """);
    Database.execute(
        connection,
        """
        CREATE TABLE revision_files (
          revision TEXT NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
          path TEXT NOT NULL,
          text TEXT NOT NULL,
          PRIMARY KEY (revision, path)
        ) STRICT
        """);
    Database.execute(
        connection,
        """
        CREATE TABLE revisions_in_force (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          at INTEGER NOT NULL,
          revision TEXT NOT NULL,
          file TEXT NOT NULL,
          how TEXT NOT NULL
        ) STRICT
        """);
  }

  private static void createFirst(Connection connection) throws SQLException {
    Database.execute(
        connection,
        """
        CREATE TABLE approvals (
          id TEXT PRIMARY KEY,
          binding TEXT NOT NULL,
          grant_name TEXT NOT NULL,
          server TEXT NOT NULL,
          tool TEXT NOT NULL,
          arguments TEXT NOT NULL,
          rule TEXT NOT NULL,
          reason TEXT NOT NULL,
          webhook TEXT,
          revision TEXT NOT NULL,
          approvers INTEGER NOT NULL,
          created INTEGER NOT NULL,
          expires INTEGER NOT NULL,
          used INTEGER
        ) STRICT
        """);
    Database.execute(connection, "CREATE INDEX approvals_binding ON approvals (binding, rule)");
    Database.execute(
        connection,
        """
        CREATE TABLE answers (
          number INTEGER PRIMARY KEY,
          approval TEXT NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
          approve INTEGER NOT NULL,
          answered_by TEXT NOT NULL,
          comment TEXT NOT NULL,
          answered INTEGER NOT NULL
        ) STRICT
        """);
    Database.execute(connection, "CREATE INDEX answers_approval ON answers (approval)");
    Database.execute(
        connection,
        """
        CREATE TABLE grants (
          name TEXT PRIMARY KEY,
          token_sha256 TEXT NOT NULL,
          servers TEXT NOT NULL,
          labels TEXT NOT NULL,
          created INTEGER NOT NULL,
          expires INTEGER,
          revoked INTEGER
        ) STRICT
        """);
    Database.execute(connection, "CREATE TABLE grants_version (version INTEGER NOT NULL) STRICT");
    Database.execute(connection, "INSERT INTO grants_version VALUES (0)");
  }
}
