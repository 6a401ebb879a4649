package dev.tollbar.state;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;

/** Times that may be absent, as columns of milliseconds. */
final class Times {
  private Times() {}

  static Optional<Instant> optional(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  static void set(PreparedStatement statement, int index, Optional<Instant> time)
      throws SQLException {
    if (time.isPresent()) {
      statement.setLong(index, time.get().toEpochMilli());
    } else {
      statement.setNull(index, Types.BIGINT);
    }
  }
}
