package dev.tollbar.regex;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Compiles patterns in RE2 syntax. RE2/J writes counted repetitions out: a dozen characters such as
 * {@code ((x{1000}){1000}){1000}} would take all memory. So the size is reckoned before, and what
 * is too large is refused.
 */
public final class Regex {
  private static final long LARGEST = 100_000;
  private static final int DEEPEST = 500;

  /** RE2/J copies a literal for each character that it puts to its end. */
  private static final int LONGEST = 5_000;

  private final String text;
  private int at;

  private Regex(String text) {
    this.text = text;
  }

  /**
   * Compiles a pattern.
   *
   * @throws PatternSyntaxException if it is none, or too large
   */
  public static Pattern compile(String text) {
    if (text.length() > LONGEST) {
      throw new PatternSyntaxException("longer than 5,000 characters", text);
    }
    if (new Regex(text).size(0) > LARGEST) {
      throw new PatternSyntaxException("too large with its repetitions written out", text);
    }
    return Pattern.compile(text);
  }

  /** The size of what stands up to the end of this group; never too small. */
  private long size(int depth) {
    if (depth > DEEPEST) {
      throw new PatternSyntaxException("too many groups inside of each other", text);
    }
    long size = 0;
    long last = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == ')' && depth > 0) {
        break;
      }
      if (c == '{') {
        // Of a repetition that is none, nothing is repeated: then this is one character.
        last = Math.min(LARGEST + 1, Math.max(1, last) * count());
        continue;
      }
      size = Math.min(LARGEST + 1, size + last);
      last =
          switch (c) {
            case '(' -> 2 + size(depth + 1);
            case '[' -> set();
            case '\\' -> escape();
            default -> 1;
          };
    }
    return Math.min(LARGEST + 1, size + last);
  }

  /** How often {@code {n}}, {@code {n,}} or {@code {n,m}} repeats; 1 if it is none of them. */
  private long count() {
    int end = text.indexOf('}', at);
    if (end < 0 || end - at > 20 || !text.substring(at, end).matches("[0-9]+(,[0-9]*)?")) {
      return 1;
    }
    String[] bounds = text.substring(at, end).split(",", 2);
    at = end + 1;
    long least = bounded(bounds[0]);
    return Math.max(1, bounds.length == 1 ? least : Math.max(least + 1, bounded(bounds[1])));
  }

  private static long bounded(String digits) {
    return digits.isEmpty() ? 0 : digits.length() > 6 ? LARGEST : Long.parseLong(digits);
  }

  /** A set of characters: the first {@code ]} in it, and that of {@code [:alpha:]}, ends it not. */
  private long set() {
    at += text.startsWith("^", at) ? 1 : 0;
    at += text.startsWith("]", at) ? 1 : 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      int named = c == '[' && text.startsWith(":", at) ? text.indexOf(":]", at + 1) : -1;
      if (named >= 0) {
        at = named + 2;
      } else if (c == '\\') {
        at++;
      } else if (c == ']') {
        break;
      }
    }
    return 1;
  }

  private long escape() {
    char c = at < text.length() ? text.charAt(at++) : '\\';
    if (c == 'Q') {
      int end = text.indexOf("\\E", at);
      int quoted = (end < 0 ? text.length() : end) - at;
      at = end < 0 ? text.length() : end + 2;
      return quoted;
    }
    if ((c == 'p' || c == 'P' || c == 'x') && at < text.length() && text.charAt(at) == '{') {
      int end = text.indexOf('}', at);
      at = end < 0 ? at : end + 1;
    }
    return 1;
  }
}
