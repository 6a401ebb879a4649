package dev.tollbar.rule.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import java.time.Duration;

/**
 * How often an approval is good for the same call: {@code "once"}, or as often as it is made within
 * such a time.
 *
 * @param text as it was written
 * @param length zero for once
 */
@JsonShape("{\"type\": \"string\", \"pattern\": \"^(once|[0-9]{1,9}[smhd])$\"}")
public record Reuse(String text, Duration length) {
  private static final String ONCE = "once";

  /** Reads it from a document. */
  public static Reuse of(JsonNode value) {
    if (value.isTextual() && value.textValue().equals(ONCE)) {
      return new Reuse(ONCE, Duration.ZERO);
    }
    try {
      Span span = Span.of(value);
      if (span.within(Duration.ofSeconds(1), Duration.ofDays(30))) {
        return new Reuse(span.text(), span.length());
      }
    } catch (InvalidConfigException _) {
      // said below, with all that can be written
    }
    throw new InvalidConfigException(
        "", "\"once\", or a duration from 1s to 30d such as \"1h\"", Quoted.json(value));
  }

  boolean once() {
    return length.isZero();
  }
}
