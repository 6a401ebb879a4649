package dev.tollbar.policy;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether the URI of a resource can only name what it says. One with {@code ..} may name another
 * one at its server, so that no pattern can judge it by its text.
 */
final class PlainUri {
  /** How often a server may decode: each time "%25" becomes "%". */
  private static final int DEEPEST = 3;

  private static final Pattern DOT = Pattern.compile("%2e|%c0%ae|%e0%80%ae|%f0%80%80%ae");
  private static final Pattern SLASH = Pattern.compile("%2f|%c0%af|%e0%80%af|%f0%80%80%af");
  private static final Pattern TRICK =
      Pattern.compile("[\\\\\\p{Cntrl}]|%5c|%c1%9c|%[01][0-9a-f]|%7f|(^|/)\\.\\.?(/|$)");

  private PlainUri() {}

  static boolean is(String uri) {
    String text = uri.toLowerCase(Locale.ROOT);
    for (int i = 0; i < DEEPEST; i++) {
      text = text.replace("%25", "%");
    }
    text = SLASH.matcher(DOT.matcher(text).replaceAll(".")).replaceAll("/");
    int end = text.length();
    for (char sign : new char[] {'?', '#'}) {
      int at = text.indexOf(sign);
      end = at < 0 ? end : Math.min(end, at);
    }
    return !TRICK.matcher(text.substring(0, end)).find();
  }
}
