package dev.tollbar.consent;

import java.time.Duration;

/** Small texts for people. */
final class Texts {
  private Texts() {}

  /** The text, at most so many characters of it. */
  static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + "…";
  }

  /** {@code 15 seconds}, {@code 2 minutes}, {@code 3 hours}: rounded up. */
  static String inWords(Duration time) {
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
