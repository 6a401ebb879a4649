package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the embedded store, and which version of them a file has. They are made in steps,
 * one resource {@code schema-NUMBER.sql} each; a file goes through those that it has not been
 * through. A step that was released is never edited: what changes is another step.
 */
final class Schema {

  /** In ascending order; a file's {@code user_version} is the last one that it went through. */
  private static final List<Integer> STEPS =
      List.of(
          1, // approvals and grants
          2, // the history of documents
          3, // durable counters
          4, // approvals: reuse, withdrawal, links
          6, // messages to webhooks
          7, // admin tokens
          8 // the plugins that revisions ran with
          );

  static final int VERSION = STEPS.getLast();

  /** Kept in the file as {@code application_id}: "TBAR". */
  private static final int APPLICATION = 0x54424152;

  private Schema() {}

  /**
   * Whether the file is new, or an older Tollbar's, and wants {@link #create}.
   *
   * @throws StoreUnavailableException if it is a newer Tollbar's, or some other program's
   */
  static boolean isBehind(Connection connection, Path file) throws SQLException {
    // In one statement: another process may be making the tables.
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)
                FROM pragma_user_version, pragma_application_id\
                """)) {
      row.next();
      long version = row.getLong(1);
      boolean empty = row.getLong(3) == 0;
      if (empty && version == 0) {
        return true;
      }
      if (row.getLong(2) != APPLICATION) {
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
  }

  /** Makes what the file does not have yet. In one transaction: whole, or not at all. */
  static boolean create(Connection connection) throws SQLException {
    return create(connection, VERSION);
  }

  /** As an earlier Tollbar, which knew the steps up to this one. */
  static boolean create(Connection connection, int last) throws SQLException {
    long version = Database.number(connection, "PRAGMA user_version");
    for (int step : STEPS) {
      if (step > version && step <= last) {
        for (String statement : statements(step)) {
          Database.execute(connection, statement);
        }
      }
    }
    Database.execute(connection, "PRAGMA application_id = " + APPLICATION);
    Database.execute(connection, "PRAGMA user_version = " + last);
    return true;
  }

  /** A statement ends with a semicolon at the end of a line. */
  private static List<String> statements(int step) {
    String name = "schema-" + step + ".sql";
    try (@Nullable InputStream sql = Schema.class.getResourceAsStream(name)) {
      if (sql == null) {
        throw new IllegalStateException("the program has no " + name);
      }
      String text = new String(sql.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.strip().split(";\\s*(\n|$)"));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
