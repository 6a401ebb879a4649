package dev.tollbar.identity;

import java.util.Optional;

/** The token of an {@code Authorization} header. Source: RFC 6750, section 2.1. */
final class BearerToken {
  private static final String SCHEME = "Bearer ";
  private static final int MAX_LENGTH = 512;

  private BearerToken() {}

  /** Empty if the header is not {@code Bearer} and exactly one token. */
  static Optional<String> of(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String token = header.substring(SCHEME.length()).strip();
    boolean wellFormed = !token.isEmpty() && token.length() <= MAX_LENGTH && mayBeAToken(token);
    return wellFormed ? Optional.of(token) : Optional.empty();
  }

  private static boolean mayBeAToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!mayStandInAToken(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayStandInAToken(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~+/=".indexOf(c) >= 0;
  }
}
