package dev.tollbar.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The members of one object inside of a message that was read, as they stand there: what is passed
 * on of them keeps its bytes.
 */
public final class Members {
  private final byte[] bytes;
  private int pos;

  private Members(byte[] bytes, int pos) {
    this.bytes = bytes;
    this.pos = pos;
  }

  /**
   * The JSON text of every member of a control member that is an object, in order; empty if there
   * is none.
   *
   * @param path as in {@link Message#range}
   */
  public static Map<String, String> of(Message message, String path) {
    Optional<Range> range = message.range(path);
    if (range.isEmpty() || message.bytes()[range.get().from()] != '{') {
      return Map.of();
    }
    return new Members(message.bytes(), range.get().from()).read();
  }

  /** The object as JSON text, with only the members that are not named. */
  public static String without(Message message, String path, Set<String> names) {
    StringJoiner kept = new StringJoiner(",", "{", "}");
    of(message, path)
        .forEach((name, value) -> {
          if (!names.contains(name)) {
            kept.add(JsonText.quote(name) + ":" + value);
          }
        });
    return kept.toString();
  }

  // The bytes were read strictly before, so nothing is checked again.

  private Map<String, String> read() {
    Map<String, String> members = new LinkedHashMap<>();
    pos++;
    skipSpace();
    while (bytes[pos] != '}') {
      int nameAt = pos;
      skipString();
      String name = StrictReader.scalar(slice(nameAt, pos), pos - nameAt).orElseThrow().textValue();
      skipSpace();
      pos++;
      skipSpace();
      int from = pos;
      skipValue();
      members.put(name, new String(bytes, from, pos - from, StandardCharsets.UTF_8));
      skipSpace();
      if (bytes[pos] == ',') {
        pos++;
        skipSpace();
      }
    }
    return members;
  }

  private byte[] slice(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private void skipValue() {
    switch (bytes[pos]) {
      case '"' -> skipString();
      case '{', '[' -> skipNested();
      default -> {
        while ("{}[],: \t\r\n".indexOf(bytes[pos]) < 0) {
          pos++;
        }
      }
    }
  }

  private void skipNested() {
    int depth = 0;
    do {
      switch (bytes[pos]) {
        case '"' -> {
          skipString();
          continue;
        }
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {}
      }
      pos++;
    } while (depth > 0);
  }

  private void skipString() {
    pos++;
    while (bytes[pos] != '"') {
      pos += bytes[pos] == '\\' ? 2 : 1;
    }
    pos++;
  }

  private void skipSpace() {
    while (bytes[pos] == ' ' || bytes[pos] == '\n' || bytes[pos] == '\r' || bytes[pos] == '\t') {
      pos++;
    }
  }
}
