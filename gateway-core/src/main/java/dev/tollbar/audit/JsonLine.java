package dev.tollbar.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one JSON value as UTF-8, straight into the bytes of a line: a record is written for every
 * call, and of some sixty members. Lone surrogates, which UTF-8 cannot hold, are escaped. Whoever
 * writes keeps the order of JSON; names are plain ASCII unless they are {@linkplain #key given as
 * texts}. One thread.
 */
final class JsonLine {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  /** The most that one character can take: an escape of six. */
  private static final int WIDEST = 6;

  private byte[] bytes = new byte[2048];
  private int length;
  private boolean first = true;

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  JsonLine object() {
    return open('{');
  }

  JsonLine endObject() {
    return close('}');
  }

  JsonLine array(String name) {
    return name(name).open('[');
  }

  JsonLine endArray() {
    return close(']');
  }

  /** The name of the member whose value is written next. */
  JsonLine name(String ascii) {
    separate();
    ensure(ascii.length() + 3);
    bytes[length++] = '"';
    ascii(ascii);
    bytes[length++] = '"';
    bytes[length++] = ':';
    first = true;
    return this;
  }

  /** As {@link #name}, of any text. */
  JsonLine key(String text, int most) {
    text(text, most);
    ensure(1);
    bytes[length++] = ':';
    first = true;
    return this;
  }

  /** A text; what is longer is cut, and says so by its end. */
  JsonLine text(String text, int most) {
    separate();
    ensure(2);
    bytes[length++] = '"';
    if (text.length() <= most) {
      characters(text, text.length(), true);
    } else {
      characters(text, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most, true);
      characters("…", 1, true);
    }
    ensure(1);
    bytes[length++] = '"';
    return this;
  }

  JsonLine number(long value) {
    return plain(Long.toString(value));
  }

  JsonLine truth(boolean value) {
    return plain(Boolean.toString(value));
  }

  /** A value that is plain ASCII and JSON already. */
  JsonLine plain(String json) {
    separate();
    ensure(json.length());
    ascii(json);
    return this;
  }

  /** A value that is JSON already. */
  JsonLine value(String json) {
    separate();
    characters(json, json.length(), false);
    return this;
  }

  private JsonLine open(char bracket) {
    separate();
    ensure(1);
    bytes[length++] = (byte) bracket;
    first = true;
    return this;
  }

  private JsonLine close(char bracket) {
    ensure(1);
    bytes[length++] = (byte) bracket;
    first = false;
    return this;
  }

  private void separate() {
    if (!first) {
      ensure(1);
      bytes[length++] = ',';
    }
    first = false;
  }

  private void ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
  }

  private void characters(String text, int count, boolean escaping) {
    ensure(count * WIDEST);
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (escaping && (c < ' ' || c == '"' || c == '\\')) {
          escape(c);
        } else {
          bytes[length++] = (byte) c;
        }
      } else if (c < 0x800) {
        bytes[length++] = (byte) (0xc0 | c >> 6);
        bytes[length++] = continuation(c);
      } else if (!Character.isSurrogate(c)) {
        bytes[length++] = (byte) (0xe0 | c >> 12);
        bytes[length++] = continuation(c >> 6);
        bytes[length++] = continuation(c);
      } else if (i + 1 < count && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        bytes[length++] = (byte) (0xf0 | point >> 18);
        bytes[length++] = continuation(point >> 12);
        bytes[length++] = continuation(point >> 6);
        bytes[length++] = continuation(point);
      } else {
        unicode(c);
      }
    }
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3f));
  }

  private void escape(char c) {
    switch (c) {
      case '"', '\\' -> escape('\\', c);
      case '\b' -> escape('\\', 'b');
      case '\t' -> escape('\\', 't');
      case '\n' -> escape('\\', 'n');
      case '\f' -> escape('\\', 'f');
      case '\r' -> escape('\\', 'r');
      default -> unicode(c);
    }
  }

  private void escape(char backslash, char letter) {
    bytes[length++] = (byte) backslash;
    bytes[length++] = (byte) letter;
  }

  private void unicode(char c) {
    escape('\\', 'u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[c >> shift & 0xf];
    }
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
