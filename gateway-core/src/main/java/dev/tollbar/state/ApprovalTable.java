package dev.tollbar.state;

import dev.tollbar.state.Approval.Answer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Approvals in the embedded store. Times are kept in milliseconds; {@link #open} answers what was
 * stored.
 *
 * <p>Until an approval is used, anyone may still deny it, also who approved before.
 */
final class ApprovalTable implements Approvals {
  private static final long KEPT_MILLIS = Duration.ofDays(1).toMillis();

  private final Database database;

  ApprovalTable(Database database) {
    this.database = database;
  }

  @Override
  public Opened open(Approval question, Instant now) {
    return database.write(connection -> {
      prune(connection, now);
      Optional<Approval> found = openOne(connection, question, now);
      if (found.isPresent()) {
        return new Opened(found.get(), false);
      }
      insert(connection, question);
      return new Opened(load(connection, question.id()).orElseThrow(), true);
    });
  }

  @Override
  public Optional<Approval> find(String id) {
    return database.read(Optional.empty(), connection -> load(connection, id));
  }

  @Override
  public List<Approval> list(Instant now) {
    return database.read(
        List.of(),
        connection ->
            select(
                connection,
                "WHERE coalesce(used, expires) >= ? ORDER BY created DESC, rowid DESC",
                now.toEpochMilli() - KEPT_MILLIS));
  }

  @Override
  public Decided decide(String id, Answer answer) {
    return database.change(
        Decided.UNKNOWN,
        connection -> {
          Optional<Approval> approval = load(connection, id);
          Decided decided = approval.map(found -> judge(found, answer)).orElse(Decided.UNKNOWN);
          if (decided == Decided.RECORDED) {
            insert(connection, id, answer);
          }
          return decided;
        });
  }

  @Override
  public boolean use(String id, Instant now) {
    return database.change(
        false,
        connection -> {
          Optional<Approval> approval = load(connection, id);
          if (approval.isEmpty() || approval.get().status(now) != Approval.Status.APPROVED) {
            return false;
          }
          update(connection, "UPDATE approvals SET used = ? WHERE id = ?", now.toEpochMilli(), id);
          return true;
        });
  }

  @Override
  public void giveBack(String id) {
    database.change(false, c -> update(c, "UPDATE approvals SET used = NULL WHERE id = ?", id) > 0);
  }

  /** What an answer to an approval comes to, wherever approvals are kept. */
  static Decided judge(Approval approval, Answer answer) {
    return switch (approval.status(answer.at())) {
      case USED -> Decided.ALREADY_USED;
      case DENIED -> Decided.ALREADY_DENIED;
      case EXPIRED -> Decided.EXPIRED;
      case APPROVED -> answer.approve() ? Decided.ALREADY_APPROVED : Decided.RECORDED;
      case PENDING ->
          answer.approve()
                  && approval.answers().stream().anyMatch(given -> given.by().equals(answer.by()))
              ? Decided.SAME_PERSON
              : Decided.RECORDED;
    };
  }

  private static Optional<Approval> openOne(Connection connection, Approval question, Instant now)
      throws SQLException {
    return select(
            connection,
            "WHERE binding = ? AND rule = ? AND used IS NULL AND expires > ? ORDER BY created,"
                + " rowid",
            question.binding(),
            question.rule(),
            now.toEpochMilli())
        .stream()
        .findFirst();
  }

  private static Optional<Approval> load(Connection connection, String id) throws SQLException {
    return select(connection, "WHERE id = ?", id).stream().findFirst();
  }

  static void prune(Connection connection, Instant now) throws SQLException {
    update(
        connection,
        "DELETE FROM approvals WHERE coalesce(used, expires) < ?",
        now.toEpochMilli() - KEPT_MILLIS);
  }

  private static List<Approval> select(Connection connection, String where, Object... parameters)
      throws SQLException {
    List<Approval> found = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM approvals " + where)) {
      bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(approval(connection, row));
        }
      }
    }
    return found;
  }

  private static Approval approval(Connection connection, ResultSet row) throws SQLException {
    return new Approval(
        row.getString("id"),
        row.getString("binding"),
        row.getString("grant_name"),
        row.getString("server"),
        row.getString("tool"),
        row.getString("arguments"),
        row.getString("rule"),
        row.getString("reason"),
        Optional.ofNullable(row.getString("webhook")),
        row.getString("revision"),
        row.getInt("approvers"),
        Instant.ofEpochMilli(row.getLong("created")),
        Instant.ofEpochMilli(row.getLong("expires")),
        answers(connection, row.getString("id")),
        Times.optional(row, "used"));
  }

  private static List<Answer> answers(Connection connection, String id) throws SQLException {
    List<Answer> answers = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM answers WHERE approval = ? ORDER BY number")) {
      bind(statement, id);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          answers.add(
              new Answer(
                  row.getBoolean("approve"),
                  row.getString("answered_by"),
                  row.getString("comment"),
                  Instant.ofEpochMilli(row.getLong("answered"))));
        }
      }
    }
    return List.copyOf(answers);
  }

  private static void insert(Connection connection, Approval approval) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            INSERT INTO approvals (id, binding, grant_name, server, tool, arguments, rule, reason,
              revision, approvers, created, expires, webhook, used)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      bind(
          statement,
          approval.id(),
          approval.binding(),
          approval.grant(),
          approval.server(),
          approval.tool(),
          approval.arguments(),
          approval.rule(),
          approval.reason(),
          approval.revision(),
          approval.approvers(),
          approval.created().toEpochMilli(),
          approval.expires().toEpochMilli());
      if (approval.webhook().isPresent()) {
        statement.setString(13, approval.webhook().get());
      } else {
        statement.setNull(13, Types.VARCHAR);
      }
      Times.set(statement, 14, approval.used());
      statement.executeUpdate();
    }
    for (Answer answer : approval.answers()) {
      insert(connection, approval.id(), answer);
    }
  }

  private static void insert(Connection connection, String id, Answer answer) throws SQLException {
    update(
        connection,
        """
        INSERT INTO answers (approval, approve, answered_by, comment, answered)
        VALUES (?, ?, ?, ?, ?)
        """,
        id,
        answer.approve() ? 1 : 0,
        answer.by(),
        answer.comment(),
        answer.at().toEpochMilli());
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
