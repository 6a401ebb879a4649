package dev.tollbar.policy;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether the URI of a resource can only name what it says. One with {@code ..} may name another
 * one at its server, so that nothing can judge it by its text.
 */
final class PlainUri {
  /** How often a server may decode: each time "%25" becomes "%". */
  private static final int DEEPEST = 3;

  private static final Pattern TRICK =
      Pattern.compile(
          "[\\\\\\p{Cntrl}]|%5c|%[01][0-9a-f]|%7f|" + PathWithin.OVERLONG + "|(^|/)\\.\\.?(/|$)");

  private PlainUri() {}

  /** A query is looked at, too: some servers take all of a URI as a path. */
  static boolean is(String uri) {
    String text = uri.toLowerCase(Locale.ROOT);
    for (int i = 0; i < DEEPEST; i++) {
      text = text.replace("%25", "%");
    }
    return !TRICK.matcher(text.replace("%2e", ".").replace("%2f", "/")).find();
  }
}
