package dev.tollbar.plugins;

/** Text from outside, made fit for one line of a message. */
final class Quoted {
  private static final int LONGEST = 80;

  private Quoted() {}

  /** Between quotation marks, escaped, and cut at 80 characters. */
  static String text(String text) {
    return '"' + plain(text) + '"';
  }

  /** Escaped and cut, without quotation marks. */
  static String plain(String text) {
    StringBuilder line = new StringBuilder();
    int end = text.offsetByCodePoints(0, Math.min(LONGEST, text.codePointCount(0, text.length())));
    text.substring(0, end).codePoints().forEach(c -> append(line, c));
    return end < text.length() ? line.append('…').toString() : line.toString();
  }

  private static void append(StringBuilder line, int c) {
    switch (c) {
      case '"' -> line.append("\\\"");
      case '\\' -> line.append("\\\\");
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      case '\t' -> line.append("\\t");
      default -> {
        if (isInvisible(c)) {
          line.append(String.format("\\u%04x", c));
        } else {
          line.appendCodePoint(c);
        }
      }
    }
  }

  private static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}
