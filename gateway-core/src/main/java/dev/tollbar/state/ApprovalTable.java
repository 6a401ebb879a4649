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
import org.jspecify.annotations.Nullable;

/**
 * Approvals in the embedded store. Times are kept in milliseconds; {@link #open} answers what was
 * stored.
 *
 * <p>Until an approval is used, anyone may still deny it, also who approved before.
 */
final class ApprovalTable implements Approvals {
  private static final long KEPT_MILLIS = Duration.ofDays(1).toMillis();

  /** The last call that was approved is kept for longer, to compare the next one with. */
  private static final long LAST_KEPT_MILLIS = Duration.ofDays(30).toMillis();

  private static final String ENDED =
      "CASE WHEN reuse > 0 THEN expires + reuse ELSE coalesce(used, withdrawn, expires) END";

  private final Database database;

  ApprovalTable(Database database) {
    this.database = database;
  }

  @Override
  public Opened open(Approval question, Instant now) {
    return database.write(connection -> {
      Optional<Approval> found = openOne(connection, question, now);
      if (found.isPresent()) {
        return new Opened(found.get(), false);
      }
      checkRoom(connection, question, now);
      prune(connection, now);
      insert(connection, question);
      if (question.webhook().isPresent()) {
        DeliveryTable.add(connection, question, Delivery.Message.REQUESTED, now);
      }
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
                "WHERE " + ENDED + " >= ? ORDER BY created DESC, rowid DESC",
                now.toEpochMilli() - KEPT_MILLIS));
  }

  @Override
  public Judged answer(String id, Answer answer) {
    return database.change(
        new Judged(Decided.UNKNOWN, Optional.empty()),
        connection -> {
          Optional<Approval> approval = load(connection, id);
          Decided decided = approval.map(found -> judge(found, answer)).orElse(Decided.UNKNOWN);
          if (decided != Decided.RECORDED) {
            return new Judged(decided, approval);
          }
          insert(connection, id, answer);
          return new Judged(decided, load(connection, id));
        });
  }

  @Override
  public boolean use(String id, Instant now) {
    return useAll(List.of(id), now);
  }

  @Override
  public boolean useAll(List<String> ids, Instant now) {
    return database.change(
        false,
        connection -> {
          for (String id : ids) {
            Optional<Approval> approval = load(connection, id);
            if (approval.isEmpty() || approval.get().status(now) != Approval.Status.APPROVED) {
              return false;
            }
          }
          for (String id : ids) {
            update(
                connection, "UPDATE approvals SET used = ? WHERE id = ?", now.toEpochMilli(), id);
          }
          return true;
        });
  }

  @Override
  public void giveBack(String id) {
    database.change(
        false,
        c -> update(c, "UPDATE approvals SET used = NULL WHERE id = ? AND reuse = 0", id) > 0);
  }

  @Override
  public boolean withdraw(String id, Instant now) {
    return database.change(
        false,
        connection -> {
          Optional<Approval> approval =
              load(connection, id).filter(it -> it.status(now) == Approval.Status.PENDING);
          if (approval.isEmpty()) {
            return false;
          }
          update(
              connection,
              "UPDATE approvals SET withdrawn = ? WHERE id = ?",
              now.toEpochMilli(),
              id);
          if (approval.get().webhook().isPresent()) {
            DeliveryTable.withdraw(connection, approval.get(), now);
          }
          return true;
        });
  }

  @Override
  public Optional<Approval> lastUsed(Approval like) {
    return database.read(
        Optional.empty(),
        connection ->
            select(
                    connection,
                    "WHERE grant_name = ? AND server = ? AND tool = ? AND rule = ? AND id <> ?"
                        + " AND used IS NOT NULL ORDER BY used DESC, rowid DESC LIMIT 1",
                    like.grant(),
                    like.server(),
                    like.tool(),
                    like.rule(),
                    like.id())
                .stream()
                .findFirst());
  }

  /** What an answer to an approval comes to, wherever approvals are kept. */
  static Decided judge(Approval approval, Answer answer) {
    if (answer.link().filter(link -> approval.isSpent(link, answer.approve())).isPresent()) {
      return Decided.LINK_USED;
    }
    return switch (approval.status(answer.at())) {
      case USED -> Decided.ALREADY_USED;
      case DENIED -> Decided.ALREADY_DENIED;
      case EXPIRED -> Decided.EXPIRED;
      case WITHDRAWN -> Decided.WITHDRAWN;
      case APPROVED -> answer.approve() ? Decided.ALREADY_APPROVED : Decided.RECORDED;
      case PENDING ->
          answer.approve() && approval.answers().stream().anyMatch(answer::isBySamePersonAs)
              ? Decided.SAME_PERSON
              : Decided.RECORDED;
    };
  }

  private static void checkRoom(Connection connection, Approval question, Instant now)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT count(*) FROM approvals
            WHERE grant_name = ? AND used IS NULL AND withdrawn IS NULL AND expires > ?
              AND NOT EXISTS (SELECT 1 FROM answers WHERE approval = approvals.id AND approve = 0)
              AND approvers > (SELECT count(*) FROM answers WHERE approval = approvals.id)
            """)) {
      bind(statement, question.grant(), now.toEpochMilli());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next() && row.getInt(1) >= MOST_OPEN) {
          throw new TooManyQuestionsException(MOST_OPEN);
        }
      }
    }
  }

  private static Optional<Approval> openOne(Connection connection, Approval question, Instant now)
      throws SQLException {
    return select(
            connection,
            "WHERE binding = ? AND rule = ? AND withdrawn IS NULL"
                + " AND (used IS NULL OR reuse > 0) AND expires + reuse > ? ORDER BY created, rowid",
            question.binding(),
            question.rule(),
            now.toEpochMilli())
        .stream()
        .filter(approval -> approval.isFor(now))
        .findFirst();
  }

  private static Optional<Approval> load(Connection connection, String id) throws SQLException {
    return select(connection, "WHERE id = ?", id).stream().findFirst();
  }

  static void prune(Connection connection, Instant now) throws SQLException {
    update(
        connection,
        "DELETE FROM approvals WHERE "
            + ENDED
            + """
             < ? AND NOT (used IS NOT NULL AND used >= ? AND NOT EXISTS (
              SELECT 1 FROM approvals AS later
              WHERE later.grant_name = approvals.grant_name AND later.server = approvals.server
                AND later.tool = approvals.tool AND later.rule = approvals.rule
                AND later.used > approvals.used))
            """,
        now.toEpochMilli() - KEPT_MILLIS,
        now.toEpochMilli() - LAST_KEPT_MILLIS);
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
        Times.optional(row, "used"),
        Duration.ofMillis(row.getLong("reuse")),
        Times.optional(row, "withdrawn"));
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
                  Instant.ofEpochMilli(row.getLong("answered")),
                  Optional.ofNullable(row.getString("link"))));
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
              revision, approvers, created, expires, reuse, webhook, used)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
          approval.expires().toEpochMilli(),
          approval.reuse().toMillis());
      if (approval.webhook().isPresent()) {
        statement.setString(14, approval.webhook().get());
      } else {
        statement.setNull(14, Types.VARCHAR);
      }
      Times.set(statement, 15, approval.used());
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
        INSERT INTO answers (approval, approve, answered_by, comment, answered, link)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        id,
        answer.approve() ? 1 : 0,
        answer.by(),
        answer.comment(),
        answer.at().toEpochMilli(),
        answer.link().orElse(null));
  }

  static int update(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  static void bind(PreparedStatement statement, @Nullable Object... parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }
}
