package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** The tables of the embedded store, and which version of them a file has. */
final class Schema {

  /** Kept in the file as {@code user_version}. */
  static final int VERSION = 1;

  /** Kept in the file as {@code application_id}: "TBAR". */
  private static final int APPLICATION = 0x54424152;

  private Schema() {}

  /**
   * Whether the file is new and has no tables yet.
   *
   * @throws StoreUnavailableException if it is a newer Tollbar's, or some other program's
   */
  static boolean isMissing(Connection connection, Path file) throws SQLException {
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
    return false;
  }

  static boolean create(Connection connection) throws SQLException {
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
    Database.execute(connection, "PRAGMA application_id = " + APPLICATION);
    Database.execute(connection, "PRAGMA user_version = " + VERSION);
    return true;
  }
}
