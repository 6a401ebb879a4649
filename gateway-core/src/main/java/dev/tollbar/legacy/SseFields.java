package dev.tollbar.legacy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** What an event says beside its data. Source: WHATWG HTML, section 9.2. */
final class SseFields {
  private static final int MOST_DIGITS = 9;

  private SseFields() {}

  /** Where a client that lost the stream after this event asks to go on; empty text for nowhere. */
  static Optional<String> id(byte[] raw) {
    return last(raw, "id").filter(id -> id.indexOf('\0') < 0);
  }

  /** How long to wait before the stream is opened again. */
  static Optional<Duration> retry(byte[] raw) {
    return last(raw, "retry")
        .filter(text -> !text.isEmpty() && text.length() <= MOST_DIGITS)
        .filter(text -> text.chars().allMatch(c -> c >= '0' && c <= '9'))
        .map(Long::parseLong)
        .map(Duration::ofMillis);
  }

  private static Optional<String> last(byte[] raw, String field) {
    Optional<String> found = Optional.empty();
    int from = 0;
    for (int at = 0; at <= raw.length; at++) {
      if (at == raw.length || raw[at] == '\n' || raw[at] == '\r') {
        if (begins(raw, from, at, field)) {
          found = Optional.of(value(raw, from + field.length() + 1, at));
        }
        from = at + 1;
      }
    }
    return found;
  }

  private static boolean begins(byte[] raw, int from, int to, String field) {
    int colon = from + field.length();
    if (colon >= to || raw[colon] != ':') {
      return false;
    }
    for (int i = 0; i < field.length(); i++) {
      if (raw[from + i] != field.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String value(byte[] raw, int from, int to) {
    int first = from < to && raw[from] == ' ' ? from + 1 : from;
    return new String(raw, first, to - first, StandardCharsets.UTF_8);
  }
}
