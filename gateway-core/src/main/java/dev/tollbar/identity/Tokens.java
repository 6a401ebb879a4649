package dev.tollbar.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Tokens of grants and of operators. They are shown once, when they are made, and stored only as
 * digests.
 */
public final class Tokens {
  private static final int RANDOM_BYTES = 32;

  private Tokens() {}

  /** A new token: {@code tb_} and 256 random bits in 43 characters. */
  public static String newToken(SecureRandom random) {
    return "tb_" + randomText(random);
  }

  /**
   * A new admin token: {@code tba_}, what tells its store from others, {@code _} and 256 random
   * bits in 43 characters.
   */
  public static String newAdminToken(SecureRandom random, String store) {
    return "tba_" + store + '_' + randomText(random);
  }

  /** 256 random bits in 43 characters that need no quoting anywhere. */
  public static String randomText(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What is stored of a token: SHA-256 in lower-case hex. */
  public static String sha256Hex(String token) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
