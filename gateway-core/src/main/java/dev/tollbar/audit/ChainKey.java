package dev.tollbar.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of the chain: who has it can make lines, and heads, that hold. {@code chain.key} in the
 * data folder; lines and heads are made with keys of their own that follow from it. One thread.
 */
final class ChainKey {
  static final String FILE = "chain.key";
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac lines;
  private final Mac heads;

  ChainKey(byte[] key) {
    lines = mac(mac(key).doFinal("line".getBytes(StandardCharsets.US_ASCII)));
    heads = mac(mac(key).doFinal("head".getBytes(StandardCharsets.US_ASCII)));
  }

  /** Reads the key of a data folder, or makes it. */
  static ChainKey open(Path folder, RandomGenerator random) throws IOException {
    return new ChainKey(KeyFile.open(folder.resolve(FILE), random));
  }

  /** Reads a key that exists. */
  static ChainKey read(Path file) throws IOException {
    return new ChainKey(KeyFile.read(file));
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** The link of a line whose text, up to its link, stands in these bytes. */
  byte[] link(byte[] previous, byte[] bytes, int from, int length) {
    lines.update(previous);
    lines.update(bytes, from, length);
    return lines.doFinal();
  }

  /** The seal of a head's text, in hex. */
  String seal(String head) {
    return HexFormat.of().formatHex(heads.doFinal(head.getBytes(StandardCharsets.UTF_8)));
  }

  static boolean same(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }
}
