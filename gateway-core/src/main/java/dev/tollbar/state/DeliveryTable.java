package dev.tollbar.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Messages to webhooks in the embedded store. Times are kept in milliseconds. */
final class DeliveryTable implements Deliveries {
  private static final String FREE =
      "state = 'waiting' AND due <= ? AND (claimed IS NULL OR claimed <= ?)";

  private final Database database;

  DeliveryTable(Database database) {
    this.database = database;
  }

  /** Within the transaction that makes the message necessary. */
  static void add(Connection connection, Approval approval, Delivery.Message message, Instant now)
      throws SQLException {
    ApprovalTable.update(
        connection,
        """
        INSERT INTO deliveries (approval, message, webhook, state, attempts, due, changed)
        VALUES (?, ?, ?, 'waiting', 0, ?, ?)
        """,
        approval.id(),
        message.wire(),
        approval.webhook().orElseThrow(),
        now.toEpochMilli(),
        now.toEpochMilli());
  }

  /** Who was never asked need not be told; within the transaction that withdraws. */
  static void withdraw(Connection connection, Approval approval, Instant now) throws SQLException {
    int untold =
        ApprovalTable.update(
            connection,
            """
            UPDATE deliveries SET state = 'needless', changed = ?
            WHERE approval = ? AND message = 'requested' AND state = 'waiting'
              AND attempts = 0 AND claimed IS NULL
            """,
            now.toEpochMilli(),
            approval.id());
    if (untold == 0) {
      add(connection, approval, Delivery.Message.WITHDRAWN, now);
    }
  }

  @Override
  public Set<String> due(Instant now) {
    return database.read(
        Set.of(),
        connection -> {
          Set<String> webhooks = new TreeSet<>();
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT DISTINCT webhook FROM deliveries WHERE " + FREE)) {
            ApprovalTable.bind(statement, now.toEpochMilli(), now.toEpochMilli());
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                webhooks.add(row.getString(1));
              }
            }
          }
          return webhooks;
        });
  }

  @Override
  public List<Delivery> claim(String webhook, Instant now, Instant due, Instant until, int most) {
    return claim(webhook, now, due, until, most, "");
  }

  @Override
  public List<Delivery> claimOver(String webhook, Instant now, Instant until, int most) {
    String over =
        " AND approval IN (SELECT id FROM approvals WHERE expires <= " + now.toEpochMilli() + ")";
    return claim(webhook, now, now, until, most, over);
  }

  private List<Delivery> claim(
      String webhook, Instant now, Instant due, Instant until, int most, String further) {
    return database.change(
        List.of(),
        connection -> {
          List<Delivery> claimed =
              select(
                  connection,
                  "WHERE webhook = ? AND " + FREE + further + " ORDER BY due, rowid LIMIT ?",
                  webhook,
                  due.toEpochMilli(),
                  now.toEpochMilli(),
                  most);
          for (Delivery delivery : claimed) {
            ApprovalTable.update(
                connection,
                "UPDATE deliveries SET claimed = ? WHERE approval = ? AND message = ?",
                until.toEpochMilli(),
                delivery.approval(),
                delivery.message().wire());
          }
          return claimed;
        });
  }

  @Override
  public void settle(
      Delivery claimed, Delivery.State state, Instant due, String problem, Instant now) {
    database.change(
        0,
        connection ->
            ApprovalTable.update(
                connection,
                """
                UPDATE deliveries
                SET state = ?, attempts = ?, due = ?, problem = ?, changed = ?, claimed = NULL
                WHERE approval = ? AND message = ? AND state = 'waiting' AND attempts = ?
                """,
                word(state),
                claimed.attempts() + 1,
                due.toEpochMilli(),
                problem.isEmpty() ? null : problem,
                now.toEpochMilli(),
                claimed.approval(),
                claimed.message().wire(),
                claimed.attempts()));
  }

  @Override
  public List<Delivery> dead() {
    return database.read(
        List.of(),
        connection -> select(connection, "WHERE state = 'dead' ORDER BY changed DESC, rowid DESC"));
  }

  @Override
  public List<Delivery> of(String approval) {
    return database.read(
        List.of(), connection -> select(connection, "WHERE approval = ? ORDER BY rowid", approval));
  }

  @Override
  public boolean redeliver(String approval, Instant now) {
    return database.change(
        false,
        connection ->
            ApprovalTable.update(
                    connection,
                    """
                    UPDATE deliveries SET state = 'waiting', attempts = 0, due = ?, changed = ?
                    WHERE approval = ? AND state = 'dead'
                    """,
                    now.toEpochMilli(),
                    now.toEpochMilli(),
                    approval)
                > 0);
  }

  @Override
  public int dismiss(Optional<String> approval) {
    return database.change(
        0,
        connection ->
            approval.isPresent()
                ? ApprovalTable.update(
                    connection,
                    "DELETE FROM deliveries WHERE state = 'dead' AND approval = ?",
                    approval.get())
                : ApprovalTable.update(connection, "DELETE FROM deliveries WHERE state = 'dead'"));
  }

  private static List<Delivery> select(Connection connection, String where, Object... parameters)
      throws SQLException {
    List<Delivery> found = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM deliveries " + where)) {
      ApprovalTable.bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(
              new Delivery(
                  row.getString("approval"),
                  Delivery.Message.valueOf(row.getString("message").toUpperCase(Locale.ROOT)),
                  row.getString("webhook"),
                  Delivery.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                  row.getInt("attempts"),
                  Instant.ofEpochMilli(row.getLong("due")),
                  Optional.ofNullable(row.getString("problem")),
                  Instant.ofEpochMilli(row.getLong("changed"))));
        }
      }
    }
    return found;
  }

  private static String word(Delivery.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
