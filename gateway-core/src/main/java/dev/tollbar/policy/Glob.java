package dev.tollbar.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern in which {@code *} stands for any run of characters, and {@code ?} for one where that
 * is asked for. Matches in time linear in the text for every star.
 */
final class Glob {
  private static final int ANY_RUN = -1;
  private static final int ANY_ONE = -2;

  private final int[] pattern;

  private Glob(int[] pattern) {
    this.pattern = pattern;
  }

  /** {@code *} only: names and URIs may hold question marks. */
  static Glob ofNames(String text) {
    return of(text, false);
  }

  /** {@code *} and {@code ?}. */
  static Glob ofText(String text) {
    return of(text, true);
  }

  private static Glob of(String text, boolean single) {
    List<Integer> symbols = new ArrayList<>();
    text.codePoints()
        .forEach(point -> {
          if (point == '*') {
            if (symbols.isEmpty() || symbols.getLast() != ANY_RUN) {
              symbols.add(ANY_RUN);
            }
          } else {
            symbols.add(single && point == '?' ? ANY_ONE : point);
          }
        });
    return new Glob(symbols.stream().mapToInt(Integer::intValue).toArray());
  }

  boolean matches(String value) {
    int[] text = value.codePoints().toArray();
    int at = 0;
    int symbol = 0;
    int star = -1;
    int resume = 0;
    while (at < text.length) {
      if (symbol < pattern.length && pattern[symbol] == ANY_RUN) {
        star = symbol++;
        resume = at;
      } else if (symbol < pattern.length
          && (pattern[symbol] == ANY_ONE || pattern[symbol] == text[at])) {
        symbol++;
        at++;
      } else if (star >= 0) {
        symbol = star + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (symbol < pattern.length && pattern[symbol] == ANY_RUN) {
      symbol++;
    }
    return symbol == pattern.length;
  }
}
