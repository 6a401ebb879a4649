package dev.tollbar.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Replaces some ranges of a message and leaves every other byte as it is. For one thread. */
public final class Splice {
  private final byte[] bytes;
  private final TreeMap<Integer, Piece> pieces = new TreeMap<>();

  private record Piece(Range range, byte[] value) {}

  public Splice(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Puts JSON text in place of a range.
   *
   * @throws IllegalArgumentException if the range overlaps another one or lies outside the message
   */
  public Splice put(Range range, String json) {
    Map.Entry<Integer, Piece> before = pieces.lowerEntry(range.to());
    boolean overlaps = before != null && before.getValue().range().to() > range.from();
    boolean inside = range.from() >= 0 && range.from() < range.to() && range.to() <= bytes.length;
    if (overlaps || !inside) {
      throw new IllegalArgumentException("cannot replace " + range);
    }
    pieces.put(range.from(), new Piece(range, json.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** Puts a JSON string in place of a range. */
  public Splice putText(Range range, String text) {
    return put(range, JsonText.quote(text));
  }

  /**
   * Puts members before those of an object.
   *
   * @param object the whole object
   * @param members such as {@code "a":1,"b":2}; at least one
   */
  public Splice addMembers(Range object, String members) {
    boolean empty = bytes[afterSpace(object.from() + 1)] == '}';
    Range brace = new Range(object.from(), object.from() + 1);
    return put(brace, "{" + members + (empty ? "" : ","));
  }

  /**
   * Drops a member of an object, with its name and one comma. Not for two members of one object,
   * nor where {@link #addMembers} adds to an object of just that member.
   *
   * @param value of the member
   */
  public Splice dropMember(Range value) {
    int from = beforeSpace(nameBefore(value.from()));
    int to = value.to();
    if (bytes[from - 1] == ',') {
      return put(new Range(from - 1, to), "");
    }
    int after = afterSpace(to);
    return put(new Range(from, bytes[after] == ',' ? after + 1 : to), "");
  }

  /** Where the name of the member begins whose value begins there. */
  private int nameBefore(int value) {
    int colon = beforeSpace(value) - 1;
    int at = beforeSpace(colon) - 2;
    while (bytes[at] != '"' || isEscaped(at)) {
      at--;
    }
    return at;
  }

  private boolean isEscaped(int at) {
    int backslashes = 0;
    while (bytes[at - 1 - backslashes] == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  /** The first byte from there on that is no white space. */
  private int afterSpace(int from) {
    int at = from;
    while (isSpace(bytes[at])) {
      at++;
    }
    return at;
  }

  /** The byte behind the last one before there that is no white space. */
  private int beforeSpace(int to) {
    int at = to;
    while (isSpace(bytes[at - 1])) {
      at--;
    }
    return at;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** The message with its replacements; the same array if there are none. */
  public byte[] bytes() {
    if (pieces.isEmpty()) {
      return bytes;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
    int from = 0;
    for (Piece piece : pieces.values()) {
      out.write(bytes, from, piece.range().from() - from);
      out.writeBytes(piece.value());
      from = piece.range().to();
    }
    out.write(bytes, from, bytes.length - from);
    return out.toByteArray();
  }
}
