package dev.tollbar.rule.script;

/** Text of others, made fit for one line of a message. */
final class Text {
  private static final int LONGEST_QUOTE = 80;

  private Text() {}

  /** In quotes, escaped, and cut at 80 characters. */
  static String quoted(String text) {
    return "\"" + line(text, LONGEST_QUOTE).replace("\"", "\\\"") + "\"";
  }

  /** On one line: control characters escaped, and cut. */
  static String line(String text, int longest) {
    StringBuilder line = new StringBuilder();
    String cut = text.length() > longest ? text.substring(0, longest) + "…" : text;
    cut.chars()
        .forEach(c -> {
          if (c == '\n') {
            line.append("\\n");
          } else if (Character.isISOControl(c)) {
            line.append(String.format("\\u%04x", c));
          } else {
            line.append((char) c);
          }
        });
    return line.toString();
  }
}
