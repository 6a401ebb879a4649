package dev.tollbar.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names values in records without telling them: HMAC-SHA256 under a key that lies in the data
 * folder. Equal values have equal digests, as long as the key stays; without the key nobody can try
 * values. Safe for use by many threads.
 */
public final class ArgumentDigest {
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac keyed;

  private ArgumentDigest(byte[] key) {
    try {
      keyed = Mac.getInstance(ALGORITHM);
      keyed.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /**
   * Reads {@code audit.key}, or makes it: 32 random bytes, for its owner only. Processes that start
   * at the same time agree on one key.
   *
   * @throws IOException when the key can be neither read nor made, or is not a key; the message is
   *     for the operator
   */
  public static ArgumentDigest open(Path dataFolder, RandomGenerator random) throws IOException {
    return new ArgumentDigest(KeyFile.open(dataFolder.resolve("audit.key"), random));
  }

  /** The digest in lower-case hex. */
  public String of(byte[] value) {
    try {
      Mac mac = (Mac) keyed.clone();
      return HexFormat.of().formatHex(mac.doFinal(value));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's " + ALGORITHM + " can be cloned", e);
    }
  }

  /** The digest of a text, such as a session id. */
  public String of(String value) {
    return of(value.getBytes(StandardCharsets.UTF_8));
  }
}
