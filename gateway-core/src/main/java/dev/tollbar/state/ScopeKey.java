package dev.tollbar.state;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Scopes as keys of counters: long values are kept as digests, so that they cannot fill memory. */
final class ScopeKey {
  private static final int LONGEST = 128;

  private ScopeKey() {}

  static List<String> of(List<String> scope) {
    for (String value : scope) {
      if (value.length() > LONGEST) {
        return scope.stream().map(ScopeKey::shortened).toList();
      }
    }
    return scope;
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST ? value : "sha256:" + digest(value);
  }

  private static String digest(String value) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(value.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
