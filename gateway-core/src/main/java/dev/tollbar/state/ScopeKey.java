package dev.tollbar.state;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Scopes as keys of counters: one text that is equal for equal lists alone. A long one is kept as
 * its digest, so that it cannot fill memory.
 */
final class ScopeKey {
  private static final int LONGEST = 128;

  private ScopeKey() {}

  static String of(List<String> scope) {
    StringBuilder key = new StringBuilder(64);
    for (String value : scope) {
      // With its length before it no value can be read as two.
      key.append(value.length()).append(':').append(value);
    }
    return key.length() <= LONGEST ? key.toString() : "sha256:" + digest(key.toString());
  }

  private static String digest(String value) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(value.getBytes(StandardCharsets.UTF_16BE)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
