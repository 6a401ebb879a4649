package dev.tollbar.legacy;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that ids are sealed with.
 *
 * @param id tells keys apart, and nothing of the key
 */
record SealKey(byte[] id, SecretKey secret) {
  static final int ID_BYTES = 8;

  static SealKey of(byte[] key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
      return new SealKey(Arrays.copyOf(digest, ID_BYTES), new SecretKeySpec(key, "AES"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  boolean isNamed(byte[] bytes, int from) {
    return Arrays.equals(id, 0, ID_BYTES, bytes, from, from + ID_BYTES);
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "a key";
  }
}
