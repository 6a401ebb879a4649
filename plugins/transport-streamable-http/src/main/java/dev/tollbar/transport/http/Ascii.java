package dev.tollbar.transport.http;

/** Characters of HTTP heads. Source: RFC 9110, section 5.6.2. */
final class Ascii {
  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (char c = '0'; c <= 'z'; c++) {
      TOKEN[c] = Character.isLetterOrDigit(c);
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  private Ascii() {}

  static boolean isToken(byte c) {
    return c > 0 && TOKEN[c];
  }

  /** Whether there is at least one character, and all may stand in a header's name. */
  static boolean isToken(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c < 0x80 && isToken((byte) c));
  }

  static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  static byte toLowerCase(byte c) {
    return c >= 'A' && c <= 'Z' ? (byte) (c | 0x20) : c;
  }

  /** The value of a hexadecimal digit; -1 for anything else. */
  static int hex(byte c) {
    if (isDigit(c)) {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  /** Whether there is at least one character, and all are 0x21 to 0x7E. */
  static boolean isVisible(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}
