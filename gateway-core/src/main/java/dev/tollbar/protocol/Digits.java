package dev.tollbar.protocol;

import org.jspecify.annotations.Nullable;

/** How far a JSON number is that arrives byte by byte. */
enum Digits {
  START,
  SIGN,
  ZERO,
  WHOLE,
  POINT,
  FRACTION,
  EXPONENT,
  EXPONENT_SIGN,
  EXPONENT_DIGITS;

  /** Whether the number may end here. */
  boolean mayEnd() {
    return this == ZERO || this == WHOLE || this == FRACTION || this == EXPONENT_DIGITS;
  }

  /** Where the byte leads; null if it is no part of the number. */
  @Nullable Digits next(byte b) {
    return switch (this) {
      case START -> b == '-' ? SIGN : firstDigit(b);
      case SIGN -> firstDigit(b);
      case ZERO -> afterWhole(b);
      case WHOLE -> isDigit(b) ? WHOLE : afterWhole(b);
      case POINT -> isDigit(b) ? FRACTION : null;
      case FRACTION -> isDigit(b) ? FRACTION : exponent(b);
      case EXPONENT -> b == '+' || b == '-' ? EXPONENT_SIGN : exponentDigit(b);
      case EXPONENT_SIGN, EXPONENT_DIGITS -> exponentDigit(b);
    };
  }

  private static @Nullable Digits firstDigit(byte b) {
    if (b == '0') {
      return ZERO;
    }
    return isDigit(b) ? WHOLE : null;
  }

  private static @Nullable Digits afterWhole(byte b) {
    return b == '.' ? POINT : exponent(b);
  }

  private static @Nullable Digits exponent(byte b) {
    return b == 'e' || b == 'E' ? EXPONENT : null;
  }

  private static @Nullable Digits exponentDigit(byte b) {
    return isDigit(b) ? EXPONENT_DIGITS : null;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
