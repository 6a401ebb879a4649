package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.MessageId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which JSON values are ids and tokens. */
final class Ids {
  private static final int MAX_CHARACTERS = 256;
  private static final int MAX_DIGITS = 30;

  private Ids() {}

  /**
   * The id that a value is; empty if there is none or it is no id.
   *
   * @param range where the value lies in the bytes
   */
  static Optional<MessageId> of(@Nullable JsonNode value, byte[] bytes, @Nullable Range range) {
    if (value == null || range == null) {
      return Optional.empty();
    }
    if (value.isTextual()) {
      return value.textValue().length() <= MAX_CHARACTERS ? MessageId.of(value) : Optional.empty();
    }
    boolean negative = bytes[range.from()] == '-';
    int firstDigit = range.from() + (negative ? 1 : 0);
    boolean fits = range.to() - firstDigit <= MAX_DIGITS;
    // Parsers do not agree whether -0 is 0.
    boolean minusZero = negative && bytes[firstDigit] == '0';
    return fits && !minusZero ? MessageId.of(value) : Optional.empty();
  }
}
