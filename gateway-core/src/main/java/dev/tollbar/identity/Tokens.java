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

  /** Cloned for each use: to look it up costs more than to digest a token. */
  private static final MessageDigest SHA256 = sha256();

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
      MessageDigest sha256 = (MessageDigest) SHA256.clone();
      return HexFormat.of().formatHex(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
