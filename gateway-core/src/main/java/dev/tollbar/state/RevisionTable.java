package dev.tollbar.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The history in the embedded store. Times are kept in milliseconds. */
final class RevisionTable implements Revisions {
  /** A set without members has no rows. */
  private static final PluginSet NONE = PluginSet.of(List.of());

  private final Database database;
  private final int kept;

  /**
   * A table.
   *
   * @param kept how many times of coming into force are kept
   */
  RevisionTable(Database database, int kept) {
    this.database = database;
    this.kept = kept;
  }

  @Override
  public void comesIntoForce(
      StoredRevision revision, PluginSet plugins, Instant at, boolean start) {
    String set = plugins.id();
    database.write(connection -> {
      boolean same = isLast(connection, "revision", revision.id(), revision.file());
      if (same && isLast(connection, "plugin_set", set, revision.file())) {
        return false;
      }
      How how = start ? How.START : how(connection, revision, same);
      insert(connection, revision);
      insert(connection, set, plugins);
      update(
          connection,
          "INSERT INTO revisions_in_force (at, revision, file, how, plugin_set)"
              + " VALUES (?, ?, ?, ?, ?)",
          at.toEpochMilli(),
          revision.id(),
          revision.file(),
          how.name().toLowerCase(Locale.ROOT),
          set);
      prune(connection, kept);
      return true;
    });
  }

  private static How how(Connection connection, StoredRevision revision, boolean same)
      throws SQLException {
    if (same) {
      return How.PLUGINS;
    }
    return isKept(connection, revision.id()) ? How.RETURN : How.CHANGE;
  }

  @Override
  public List<InForce> history() {
    return database.read(
        List.of(),
        connection -> {
          Map<String, PluginSet> sets = sets(connection);
          List<InForce> history = new ArrayList<>();
          try (PreparedStatement statement =
                  connection.prepareStatement(
                      "SELECT * FROM revisions_in_force ORDER BY number DESC");
              ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              history.add(
                  new InForce(
                      row.getLong("number"),
                      Instant.ofEpochMilli(row.getLong("at")),
                      row.getString("revision"),
                      row.getString("file"),
                      How.valueOf(row.getString("how").toUpperCase(Locale.ROOT)),
                      Optional.ofNullable(row.getString("plugin_set")).map(sets::get)));
            }
          }
          return List.copyOf(history);
        });
  }

  @Override
  public Optional<StoredRevision> find(String id) {
    return database.read(Optional.empty(), connection -> load(connection, id));
  }

  private static Map<String, PluginSet> sets(Connection connection) throws SQLException {
    Map<String, List<StoredPlugin>> plugins = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM plugin_sets");
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        plugins
            .computeIfAbsent(row.getString("id"), _ -> new ArrayList<>())
            .add(
                new StoredPlugin(
                    row.getString("name"), row.getString("version"), row.getString("sha256")));
      }
    }
    Map<String, PluginSet> sets = new HashMap<>();
    sets.put(NONE.id(), NONE);
    plugins.forEach((id, members) -> sets.put(id, PluginSet.of(members)));
    return sets;
  }

  /** Whether the newest time of a document has this value in a column. */
  private static boolean isLast(Connection connection, String column, String value, String file)
      throws SQLException {
    return one(
            connection,
            "SELECT coalesce("
                + column
                + ", '') FROM revisions_in_force WHERE file = ? ORDER BY number DESC LIMIT 1",
            file)
        .filter(value::equals)
        .isPresent();
  }

  private static void insert(Connection connection, String set, PluginSet plugins)
      throws SQLException {
    for (StoredPlugin plugin : plugins.plugins().values()) {
      update(
          connection,
          "INSERT INTO plugin_sets (id, name, version, sha256) VALUES (?, ?, ?, ?)"
              + " ON CONFLICT (id, name) DO NOTHING",
          set,
          plugin.name(),
          plugin.version(),
          plugin.sha256());
    }
  }

  private static boolean isKept(Connection connection, String id) throws SQLException {
    return one(connection, "SELECT id FROM revisions WHERE id = ?", id).isPresent();
  }

  private static void insert(Connection connection, StoredRevision revision) throws SQLException {
    int added =
        update(
            connection,
            "INSERT INTO revisions (id, file, text) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
            revision.id(),
            revision.file(),
            revision.text());
    if (added == 0) {
      return;
    }
    for (var file : revision.files().entrySet()) {
      update(
          connection,
          "INSERT INTO revision_files (revision, path, text) VALUES (?, ?, ?)",
          revision.id(),
          file.getKey(),
          file.getValue());
    }
  }

  static void prune(Connection connection, int kept) throws SQLException {
    update(
        connection,
        "DELETE FROM revisions_in_force WHERE number <= (SELECT max(number) FROM"
            + " revisions_in_force) - ?",
        kept);
    update(
        connection,
        "DELETE FROM revisions WHERE id NOT IN (SELECT revision FROM revisions_in_force)");
    update(
        connection,
        "DELETE FROM plugin_sets WHERE id NOT IN (SELECT plugin_set FROM revisions_in_force WHERE"
            + " plugin_set IS NOT NULL)");
  }

  private static Optional<StoredRevision> load(Connection connection, String id)
      throws SQLException {
    SortedMap<String, String> files = new TreeMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT path, text FROM revision_files WHERE revision = ?")) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          files.put(row.getString("path"), row.getString("text"));
        }
      }
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT file, text FROM revisions WHERE id = ?")) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new StoredRevision(id, row.getString("file"), row.getString("text"), files))
            : Optional.empty();
      }
    }
  }

  private static Optional<String> one(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private static int update(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }
}
