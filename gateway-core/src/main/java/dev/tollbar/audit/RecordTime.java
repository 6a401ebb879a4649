package dev.tollbar.audit;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/**
 * Moments as records have them: ISO 8601 in UTC with six digits of the second. Records of one
 * second begin alike, so that is formatted once. One thread.
 */
final class RecordTime {
  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter();
  private static final String ZERO = "000000Z";

  private long second = Long.MIN_VALUE;
  private String beginning = "";

  String text(Instant time) {
    if (time.getEpochSecond() != second) {
      String whole = FORMAT.format(Instant.ofEpochSecond(time.getEpochSecond()));
      beginning = whole.substring(0, whole.length() - ZERO.length());
      second = time.getEpochSecond();
    }
    // The seventh digit keeps the zeros before the others.
    String micros = Integer.toString(1_000_000 + time.getNano() / 1_000);
    return beginning + micros.substring(1) + 'Z';
  }
}
