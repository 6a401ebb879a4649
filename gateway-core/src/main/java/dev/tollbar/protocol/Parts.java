package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Where the values inside of an object or array lie, to pass them on as they are. Only for bytes
 * that {@link StrictParser} has read: what is no JSON is not noticed here.
 */
public final class Parts {
  private final byte[] bytes;
  private int pos;

  private Parts(byte[] bytes, int pos) {
    this.bytes = bytes;
    this.pos = pos;
  }

  /** The values of an object by name, in their order. */
  public static SequencedMap<String, Range> members(byte[] bytes, Range object) {
    Parts parts = new Parts(bytes, object.from() + 1);
    SequencedMap<String, Range> members = new LinkedHashMap<>();
    while (parts.next() != '}') {
      String name = text(bytes, parts.value());
      parts.next(); // the colon
      parts.pos++;
      parts.next();
      members.put(name, parts.value());
    }
    return members;
  }

  /** The value of one member of an object. */
  public static Optional<Range> member(byte[] bytes, Range object, String name) {
    return Optional.ofNullable(members(bytes, object).get(name));
  }

  /** The values of an array, in their order. */
  public static List<Range> elements(byte[] bytes, Range array) {
    Parts parts = new Parts(bytes, array.from() + 1);
    List<Range> elements = new ArrayList<>();
    while (parts.next() != ']') {
      elements.add(parts.value());
    }
    return elements;
  }

  /** The bytes of a part. */
  public static byte[] bytes(byte[] bytes, Range part) {
    return Arrays.copyOfRange(bytes, part.from(), part.to());
  }

  private static String text(byte[] bytes, Range string) {
    byte[] quoted = bytes(bytes, string);
    return StrictReader.scalar(quoted, quoted.length).map(JsonNode::textValue).orElseThrow();
  }

  /** Goes to the next byte that is neither white space nor a comma. */
  private byte next() {
    while (bytes[pos] == ' '
        || bytes[pos] == ','
        || bytes[pos] == '\n'
        || bytes[pos] == '\r'
        || bytes[pos] == '\t') {
      pos++;
    }
    return bytes[pos];
  }

  /** Goes behind the value that begins here. */
  private Range value() {
    int from = pos;
    int open = 0;
    do {
      switch (bytes[pos]) {
        case '"' -> string();
        case '{', '[' -> {
          open++;
          pos++;
        }
        case '}', ']' -> {
          open--;
          pos++;
        }
        default -> scalarOrBetween(open);
      }
    } while (open > 0);
    return new Range(from, pos);
  }

  /** Inside of a value what lies between its parts is of no interest either. */
  private void scalarOrBetween(int open) {
    pos++;
    while (open == 0 && "truefalsn0123456789+-.E".indexOf(bytes[pos]) >= 0) {
      pos++;
    }
  }

  private void string() {
    pos++;
    while (bytes[pos] != '"') {
      pos += bytes[pos] == '\\' ? 2 : 1;
    }
    pos++;
  }
}
