package dev.tollbar.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Admin tokens in the embedded store. A revoked one stays listed: audit lines speak of it. */
final class AdminTokenTable implements AdminTokens {
  private final Database database;

  AdminTokenTable(Database database) {
    this.database = database;
  }

  @Override
  public String store() {
    return database
        .read(Optional.<String>empty(), AdminTokenTable::known)
        .orElseGet(() -> database.write(AdminTokenTable::store));
  }

  private static Optional<String> known(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM admin_store")) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }

  private static String store(Connection connection) throws SQLException {
    Optional<String> known = known(connection);
    if (known.isPresent()) {
      return known.get();
    }
    Database.execute(connection, "INSERT INTO admin_store (id) VALUES (lower(hex(randomblob(4))))");
    return store(connection);
  }

  @Override
  public List<StoredAdminToken> list() {
    return database.read(List.of(), connection -> select(connection, ""));
  }

  @Override
  public Optional<StoredAdminToken> find(String tokenSha256) {
    return database.read(
        Optional.empty(),
        connection ->
            select(connection, " WHERE token_sha256 = ?", tokenSha256).stream().findFirst());
  }

  @Override
  public boolean add(StoredAdminToken token) {
    return database.write(connection -> insert(connection, token));
  }

  @Override
  public boolean addFirst(StoredAdminToken token, Instant now) {
    return database.write(connection ->
        select(connection, "").stream().noneMatch(other -> other.valid(now))
            && insert(connection, token));
  }

  @Override
  public boolean revoke(String name, Instant at) {
    return database.change(
        false,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "UPDATE admin_tokens SET revoked = ? WHERE name = ? AND revoked IS NULL")) {
            statement.setLong(1, at.toEpochMilli());
            statement.setString(2, name);
            return statement.executeUpdate() > 0;
          }
        });
  }

  private static boolean insert(Connection connection, StoredAdminToken token) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            INSERT INTO admin_tokens (name, role, token_sha256, created, expires, revoked)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
            """)) {
      statement.setString(1, token.name());
      statement.setString(2, token.role());
      statement.setString(3, token.tokenSha256());
      statement.setLong(4, token.created().toEpochMilli());
      Times.set(statement, 5, token.expires());
      Times.set(statement, 6, token.revoked());
      return statement.executeUpdate() > 0;
    }
  }

  private static List<StoredAdminToken> select(
      Connection connection, String where, String... parameters) throws SQLException {
    List<StoredAdminToken> tokens = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM admin_tokens" + where + " ORDER BY name")) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          tokens.add(
              new StoredAdminToken(
                  row.getString("name"),
                  row.getString("role"),
                  row.getString("token_sha256"),
                  Instant.ofEpochMilli(row.getLong("created")),
                  Times.optional(row, "expires"),
                  Times.optional(row, "revoked")));
        }
      }
    }
    return List.copyOf(tokens);
  }
}
