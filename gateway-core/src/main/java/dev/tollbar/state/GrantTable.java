package dev.tollbar.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Grants in the embedded store. A revoked grant stays listed and keeps its name: decision records
 * speak of it. Times are kept in milliseconds.
 *
 * <p>The version is a number in the file that each change adds to, in the same transaction.
 */
final class GrantTable implements Grants {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Database database;

  GrantTable(Database database) {
    this.database = database;
  }

  @Override
  public List<StoredGrant> list() {
    return database.read(List.of(), GrantTable::select);
  }

  @Override
  public boolean add(StoredGrant grant) {
    return database.write(connection -> changed(connection, insert(connection, grant)));
  }

  @Override
  public boolean revoke(String name, Instant at) {
    return database.change(false, connection -> changed(connection, revoke(connection, name, at)));
  }

  /** Some microseconds, on a file that the operating system has in memory. */
  @Override
  public long version() {
    return database.read(0L, c -> Database.number(c, "SELECT version FROM grants_version"));
  }

  private static boolean changed(Connection connection, int rows) throws SQLException {
    if (rows > 0) {
      Database.execute(connection, "UPDATE grants_version SET version = version + 1");
    }
    return rows > 0;
  }

  private static int insert(Connection connection, StoredGrant grant) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            INSERT INTO grants (name, token_sha256, servers, labels, created, expires, revoked)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
            """)) {
      statement.setString(1, grant.name());
      statement.setString(2, grant.tokenSha256());
      statement.setString(3, json(grant.servers()));
      statement.setString(4, json(grant.labels()));
      statement.setLong(5, grant.created().toEpochMilli());
      Times.set(statement, 6, grant.expires());
      Times.set(statement, 7, grant.revoked());
      return statement.executeUpdate();
    }
  }

  private static int revoke(Connection connection, String name, Instant at) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE grants SET revoked = ? WHERE name = ? AND revoked IS NULL")) {
      statement.setLong(1, at.toEpochMilli());
      statement.setString(2, name);
      return statement.executeUpdate();
    }
  }

  private static List<StoredGrant> select(Connection connection) throws SQLException {
    List<StoredGrant> grants = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM grants ORDER BY name")) {
      while (row.next()) {
        grants.add(
            new StoredGrant(
                row.getString("name"),
                row.getString("token_sha256"),
                map(row.getString("servers")),
                map(row.getString("labels")),
                Instant.ofEpochMilli(row.getLong("created")),
                Times.optional(row, "expires"),
                Times.optional(row, "revoked")));
      }
    }
    return List.copyOf(grants);
  }

  private static String json(Map<String, String> map) throws SQLException {
    try {
      return JSON.writeValueAsString(map);
    } catch (JsonProcessingException e) {
      throw new SQLException("unwritable map", e);
    }
  }

  private static Map<String, String> map(String json) throws SQLException {
    try {
      return Map.copyOf(JSON.readValue(json, new TypeReference<Map<String, String>>() {}));
    } catch (JsonProcessingException e) {
      throw new SQLException("unreadable map in grants", e);
    }
  }
}
