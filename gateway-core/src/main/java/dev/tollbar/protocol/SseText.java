package dev.tollbar.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Messages as server-sent events. Source: WHATWG HTML, section 9.2.
 *
 * <p>A line break inside a JSON message can only be white space, so a message of several lines is
 * the same one after it was split into data lines.
 */
public final class SseText {
  private static final byte[] MESSAGE = ascii("event: message\n");
  private static final byte[] ID = ascii("id: ");
  private static final byte[] DATA = ascii("data: ");
  private static final byte[] DATA_FIELD = ascii("data");

  private SseText() {}

  /** One message as an event. */
  public static byte[] message(byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 32);
    out.writeBytes(MESSAGE);
    writeData(out, json);
    out.write('\n');
    return out.toByteArray();
  }

  /** A comment, which keeps an idle connection open. */
  public static byte[] keepAlive() {
    return ascii(":\n\n");
  }

  /**
   * An event as it arrived, with other data: every other line, comments included, stays.
   *
   * @param raw the event with the blank line that ends it
   */
  public static byte[] withData(byte[] raw, byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length + json.length);
    boolean written = false;
    for (int from = 0; from < raw.length; ) {
      int end = lineEnd(raw, from);
      int next = afterBreak(raw, end);
      if (!isData(raw, from, end)) {
        if (end == from && !written) {
          writeData(out, json);
          written = true;
        }
        out.write(raw, from, next - from);
      } else if (!written) {
        writeData(out, json);
        written = true;
      }
      from = next;
    }
    return out.toByteArray();
  }

  /** Whether a client that lost the stream after this event can ask for what follows. */
  public static boolean hasId(byte[] raw) {
    for (int from = 0; from < raw.length; from = afterBreak(raw, lineEnd(raw, from))) {
      int end = lineEnd(raw, from);
      if (isId(raw, from, end)) {
        return true;
      }
    }
    return false;
  }

  /** The id of an event, which a client names to get what follows it. */
  public static Optional<String> id(byte[] raw) {
    return field(raw, "id").filter(id -> !id.isEmpty());
  }

  /** How many milliseconds a client is to wait before it asks for what follows an event. */
  public static OptionalLong retry(byte[] raw) {
    return field(raw, "retry")
        .filter(value -> value.matches("[0-9]{1,9}"))
        .map(value -> OptionalLong.of(Long.parseLong(value)))
        .orElseGet(OptionalLong::empty);
  }

  private static Optional<String> field(byte[] raw, String name) {
    Optional<String> value = Optional.empty();
    for (int from = 0; from < raw.length; from = afterBreak(raw, lineEnd(raw, from))) {
      int end = lineEnd(raw, from);
      int colon = from + name.length();
      if (colon < end && raw[colon] == ':' && isNamed(raw, from, name)) {
        int first = colon + 1 < end && raw[colon + 1] == ' ' ? colon + 2 : colon + 1;
        value = Optional.of(new String(raw, first, end - first, StandardCharsets.UTF_8));
      }
    }
    return value;
  }

  private static boolean isNamed(byte[] raw, int from, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (raw[from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** An event as it arrived, with something put before its id, if it has one. */
  public static byte[] withIdPrefix(byte[] raw, String prefix) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length + prefix.length());
    for (int from = 0; from < raw.length; ) {
      int next = afterBreak(raw, lineEnd(raw, from));
      if (isId(raw, from, lineEnd(raw, from))) {
        int value = raw[from + 3] == ' ' ? from + 4 : from + 3;
        out.writeBytes(ID);
        out.writeBytes(ascii(prefix));
        out.write(raw, value, next - value);
      } else {
        out.write(raw, from, next - from);
      }
      from = next;
    }
    return out.toByteArray();
  }

  private static boolean isId(byte[] raw, int from, int end) {
    return end - from > 3 && raw[from] == 'i' && raw[from + 1] == 'd' && raw[from + 2] == ':';
  }

  private static void writeData(ByteArrayOutputStream out, byte[] json) {
    for (int from = 0; from <= json.length; ) {
      int end = lineEnd(json, from);
      out.writeBytes(DATA);
      out.write(json, from, end - from);
      out.write('\n');
      from = end == json.length ? end + 1 : afterBreak(json, end);
    }
  }

  private static boolean isData(byte[] raw, int from, int end) {
    int colon = from + DATA_FIELD.length;
    return Arrays.equals(raw, from, Math.min(colon, end), DATA_FIELD, 0, 4)
        && (colon == end || raw[colon] == ':');
  }

  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '\n' && bytes[at] != '\r') {
      at++;
    }
    return at;
  }

  private static int afterBreak(byte[] bytes, int at) {
    boolean two = at + 1 < bytes.length && bytes[at] == '\r' && bytes[at + 1] == '\n';
    return Math.min(at + (two ? 2 : 1), bytes.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
