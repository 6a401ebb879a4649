package dev.tollbar.history;

import java.util.Optional;

/**
 * A name that two patterns are for, as wide as they allow: {@code create_*} and {@code *_refund}
 * have {@code create_*_refund}, in which {@code *} stands for itself.
 */
final class CommonName {
  private static final char STAR = '*';

  private final String one;
  private final String other;

  /** Whether the rests from here on have a name in common. */
  private final boolean[][] common;

  private CommonName(String one, String other) {
    this.one = one;
    this.other = other;
    this.common = new boolean[one.length() + 1][other.length() + 1];
    for (int i = one.length(); i >= 0; i--) {
      for (int j = other.length(); j >= 0; j--) {
        common[i][j] = isCommon(i, j);
      }
    }
  }

  /** Empty if they have none in common. Takes time and room for the product of their lengths. */
  static Optional<String> of(String one, String other) {
    CommonName names = new CommonName(one, other);
    return names.common[0][0] ? Optional.of(names.name()) : Optional.empty();
  }

  private boolean isCommon(int i, int j) {
    if (isStar(one, i) || isStar(other, j)) {
      return (i < one.length() && common[i + 1][j]) || (j < other.length() && common[i][j + 1]);
    }
    if (i == one.length() || j == other.length()) {
      return i == one.length() && j == other.length();
    }
    return one.charAt(i) == other.charAt(j) && common[i + 1][j + 1];
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    int i = 0;
    int j = 0;
    while (i < one.length() || j < other.length()) {
      boolean star = isStar(one, i);
      boolean otherStar = isStar(other, j);
      boolean first = i < one.length() && common[i + 1][j];
      boolean second = j < other.length() && common[i][j + 1];
      if (!star && !otherStar) {
        name.append(one.charAt(i++));
        j++;
      } else if (otherStar && first) {
        name.append(one.charAt(i++));
      } else if (star && second) {
        name.append(other.charAt(j++));
      } else if (first) {
        i++; // a star that stands for nothing
      } else {
        j++;
      }
    }
    return name.toString();
  }

  private static boolean isStar(String pattern, int at) {
    return at < pattern.length() && pattern.charAt(at) == STAR;
  }
}
