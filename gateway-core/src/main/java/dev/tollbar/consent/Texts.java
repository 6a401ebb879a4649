package dev.tollbar.consent;

import java.time.Duration;
import java.util.Locale;

/** Small texts for people. */
public final class Texts {
  private Texts() {}

  /** The text, at most so many characters of it. */
  static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + "…";
  }

  /**
   * The text with everything escaped that does not show, or shows something else: control
   * characters, and those that turn the direction of what follows.
   */
  public static String visible(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (Character.getType(c)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.SURROGATE,
                Character.UNASSIGNED,
                Character.PRIVATE_USE,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR ->
                shown.append(String.format(Locale.ROOT, c > 0xffff ? "\\u{%x}" : "\\u%04x", c));
            default -> shown.appendCodePoint(c);
          }
        });
    return shown.toString();
  }

  /** As {@link #visible}, on one line without space around it. */
  static String line(String text) {
    return visible(text.replaceAll("\\s+", " ").strip());
  }

  /** {@code 15 seconds}, {@code 2 minutes}, {@code 3 hours}: rounded up. */
  public static String inWords(Duration time) {
    long seconds = Math.max(1, time.plusNanos(999_999_999).toSeconds());
    if (seconds < 120) {
      return count(seconds, "second");
    }
    if (seconds < 120 * 60) {
      return count((seconds + 59) / 60, "minute");
    }
    return count((seconds + 3599) / 3600, "hour");
  }

  private static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }
}
