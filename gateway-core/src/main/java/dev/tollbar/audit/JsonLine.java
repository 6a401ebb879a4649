package dev.tollbar.audit;

import java.util.Arrays;

/**
 * Writes JSON objects (RFC 8259) as UTF-8 without white space, one after the other in the same
 * memory. What UTF-8 cannot hold, half a surrogate pair, is escaped. By hand, as each call waits
 * for its record: a generator of Jackson's takes a third longer. One thread.
 */
final class JsonLine {
  private static final int USUAL = 4096;
  private static final int MOST_KEPT = 64 * 1024;

  /** Of one UTF-16 code unit, when it is escaped. */
  private static final int MOST_BYTES = 6;

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private byte[] bytes = new byte[USUAL];
  private int size;

  /** Begins anew, in the same memory unless that became large. */
  void begin() {
    if (bytes.length > MOST_KEPT) {
      bytes = new byte[USUAL];
    }
    size = 0;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  void beginObject() {
    separate();
    add('{');
  }

  void beginObject(String name) {
    name(name);
    add('{');
  }

  void endObject() {
    add('}');
  }

  void beginArray(String name) {
    name(name);
    add('[');
  }

  void endArray() {
    add(']');
  }

  void field(String name, String value) {
    name(name);
    quote(value);
  }

  void field(String name, long value) {
    name(name);
    copy(Long.toString(value));
  }

  void field(String name, boolean value) {
    name(name);
    copy(Boolean.toString(value));
  }

  /** A member whose value is JSON text already. */
  void json(String name, String value) {
    name(name);
    text(value);
  }

  /** An element of an array. */
  void element(String value) {
    separate();
    quote(value);
  }

  private void name(String name) {
    separate();
    quote(name);
    add(':');
  }

  /** Values end with other bytes than those that begin an object or array. */
  private void separate() {
    if (size > 0 && bytes[size - 1] != '{' && bytes[size - 1] != '[') {
      add(',');
    }
  }

  private void quote(String value) {
    room(MOST_BYTES * value.length() + 2);
    bytes[size++] = '"';
    for (int i = plain(value); i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        i += character(value, i);
      } else if (isPlain(c)) {
        bytes[size++] = (byte) c;
      } else {
        escape(c);
      }
    }
    bytes[size++] = '"';
  }

  /** Copies what stands for itself, up to the first character that does not; nearly always all. */
  private int plain(String value) {
    byte[] to = bytes;
    int from = size;
    int length = value.length();
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (!isPlain(c)) {
        size = from + i;
        return i;
      }
      to[from + i] = (byte) c;
    }
    size = from + length;
    return length;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  }

  /** JSON text as it is. */
  private void text(String value) {
    room(MOST_BYTES * value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        i += character(value, i);
      } else {
        bytes[size++] = (byte) c;
      }
    }
  }

  /** A character beyond ASCII; returns how many code units it has beside the first. */
  private int character(String value, int at) {
    char c = value.charAt(at);
    if (c < 0x800) {
      bytes[size++] = (byte) (0xC0 | (c >> 6));
      follow(c);
      return 0;
    }
    if (!Character.isSurrogate(c)) {
      bytes[size++] = (byte) (0xE0 | (c >> 12));
      follow(c >> 6);
      follow(c);
      return 0;
    }
    int point = value.codePointAt(at);
    if (point == c) {
      unicode(c);
      return 0;
    }
    bytes[size++] = (byte) (0xF0 | (point >> 18));
    follow(point >> 12);
    follow(point >> 6);
    follow(point);
    return 1;
  }

  /** A further byte of a character. */
  private void follow(int bits) {
    bytes[size++] = (byte) (0x80 | (bits & 0x3F));
  }

  private void escape(char c) {
    char shortly =
        switch (c) {
          case '"', '\\' -> c;
          case '\b' -> 'b';
          case '\t' -> 't';
          case '\n' -> 'n';
          case '\f' -> 'f';
          case '\r' -> 'r';
          default -> 0;
        };
    if (shortly == 0) {
      unicode(c);
    } else {
      bytes[size++] = '\\';
      bytes[size++] = (byte) shortly;
    }
  }

  private void unicode(char c) {
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = (byte) HEX[c >> shift & 0xF];
    }
  }

  /** ASCII. */
  private void copy(String ascii) {
    room(ascii.length());
    for (int i = 0; i < ascii.length(); i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
  }

  private void add(char ascii) {
    room(1);
    bytes[size++] = (byte) ascii;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
