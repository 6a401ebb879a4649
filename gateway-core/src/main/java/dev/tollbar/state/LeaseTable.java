package dev.tollbar.state;

import dev.tollbar.state.CounterKey.Group;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Durable counters in the embedded store. Amounts are kept as texts, as they are exact. */
final class LeaseTable implements CounterFile, AutoCloseable {

  /** How long rows stay after their end, so that a clock set back finds them again. */
  static final Duration SLACK = Duration.ofHours(1);

  private static final int PRUNED_AT_ONCE = 1_000;

  private final Link link;

  /**
   * A table.
   *
   * @param link owned from now on
   */
  LeaseTable(Link link) {
    this.link = link;
  }

  @Override
  public void write(List<? extends Contact> contacts) {
    link.write(connection -> {
      try (Statements statements = new Statements(connection)) {
        for (Contact contact : contacts) {
          statements.write(contact);
        }
      }
      return true;
    });
  }

  @Override
  public void read(List<? extends Contact> contacts) {
    boolean found =
        link.read(
            false,
            connection -> {
              try (Statements statements = new Statements(connection)) {
                for (Contact contact : contacts) {
                  statements.read(contact);
                }
              }
              return true;
            });
    if (!found) {
      contacts.forEach(contact -> contact.decide(List.of()));
    }
  }

  @Override
  public void counters(Instant now, Consumer<Stored> each) {
    link.read(
        false,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  """
                  SELECT c.*, max(l.until) AS latest FROM counters c JOIN leases l ON l.counter = c.id
                  WHERE l.until > ? GROUP BY c.id
                  """)) {
            statement.setLong(1, now.toEpochMilli());
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                each.accept(new Stored(key(row), row.getString("holder"), row.getLong("latest")));
              }
            }
          }
          return true;
        });
  }

  @Override
  public boolean prune(Instant now) {
    return link.change(
        false, connection -> prune(connection, now, PRUNED_AT_ONCE) == PRUNED_AT_ONCE);
  }

  /** How many rows were dropped; at most so many. */
  static int prune(Connection connection, Instant now, int most) throws SQLException {
    List<Long> counters = new ArrayList<>();
    int dropped = 0;
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            DELETE FROM leases WHERE (counter, place, process) IN
              (SELECT counter, place, process FROM leases WHERE until < ? ORDER BY until LIMIT ?)
            RETURNING counter
            """)) {
      statement.setLong(1, now.minus(SLACK).toEpochMilli());
      statement.setInt(2, most);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          counters.add(row.getLong(1));
          dropped++;
        }
      }
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM counters WHERE id = ? AND NOT EXISTS (SELECT 1 FROM leases WHERE counter ="
                + " id)")) {
      for (long counter : counters) {
        statement.setLong(1, counter);
        statement.executeUpdate();
      }
    }
    return dropped;
  }

  @Override
  public void close() {
    link.close();
  }

  private static CounterKey key(ResultSet row) throws SQLException {
    return new CounterKey(
        new Group(
            row.getString("policy"),
            row.getString("owner"),
            row.getBoolean("named"),
            row.getBoolean("shadow"),
            Places.window(row.getString("length"))),
        row.getString("scope"));
  }

  /** What one transaction says again and again. */
  private static final class Statements implements AutoCloseable {
    private final PreparedStatement find;
    private final PreparedStatement add;
    private final PreparedStatement rows;
    private final PreparedStatement put;
    private final PreparedStatement take;

    Statements(Connection connection) throws SQLException {
      find =
          connection.prepareStatement(
              """
              SELECT id FROM counters WHERE policy = ? AND owner = ? AND named = ? AND shadow = ?
                AND length = ? AND scope = ?
              """);
      add =
          connection.prepareStatement(
              """
              INSERT INTO counters (policy, owner, named, shadow, length, scope, holder)
              VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id
              """);
      rows = connection.prepareStatement("SELECT * FROM leases WHERE counter = ?");
      put =
          connection.prepareStatement(
              """
              INSERT INTO leases (counter, place, process, amount, until) VALUES (?, ?, ?, ?, ?)
              ON CONFLICT (counter, place, process) DO UPDATE SET amount = excluded.amount
              """);
      take =
          connection.prepareStatement(
              "DELETE FROM leases WHERE counter = ? AND place = ? AND process = ?");
    }

    void read(Contact contact) throws SQLException {
      long id = find(contact);
      contact.decide(id == 0 ? List.of() : rows(id));
    }

    void write(Contact contact) throws SQLException {
      long id = find(contact);
      List<Row> written = contact.decide(id == 0 ? List.of() : rows(id));
      if (id == 0 && !written.isEmpty()) {
        id = add(contact);
      }
      for (Row row : written) {
        PreparedStatement statement = row.amount().signum() == 0 ? take : put;
        statement.setLong(1, id);
        statement.setLong(2, row.place());
        statement.setLong(3, row.process());
        if (row.amount().signum() != 0) {
          statement.setString(4, row.amount().toString());
          statement.setLong(5, row.until());
        }
        statement.executeUpdate();
      }
    }

    private long find(Contact contact) throws SQLException {
      name(find, contact.key());
      try (ResultSet row = find.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }

    private long add(Contact contact) throws SQLException {
      name(add, contact.key());
      add.setString(7, contact.holder());
      try (ResultSet row = add.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("no row for a counter");
        }
        return row.getLong(1);
      }
    }

    private List<Row> rows(long id) throws SQLException {
      List<Row> found = new ArrayList<>();
      rows.setLong(1, id);
      try (ResultSet row = rows.executeQuery()) {
        while (row.next()) {
          found.add(
              new Row(
                  row.getLong("place"),
                  row.getLong("process"),
                  amount(row.getString("amount")),
                  row.getLong("until")));
        }
      }
      return found;
    }

    private static BigDecimal amount(String text) throws SQLException {
      try {
        return new BigDecimal(text);
      } catch (NumberFormatException e) {
        throw new SQLException("unreadable amount in leases", e);
      }
    }

    private static void name(PreparedStatement statement, CounterKey key) throws SQLException {
      Group group = key.group();
      statement.setString(1, group.policy());
      statement.setString(2, group.owner());
      statement.setBoolean(3, group.named());
      statement.setBoolean(4, group.shadow());
      statement.setString(5, Places.of(group.window()).text());
      statement.setString(6, key.scope());
    }

    @Override
    public void close() throws SQLException {
      for (PreparedStatement statement : List.of(find, add, rows, put, take)) {
        statement.close();
      }
    }
  }
}
