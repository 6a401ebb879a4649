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
