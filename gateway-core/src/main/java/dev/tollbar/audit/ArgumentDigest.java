package dev.tollbar.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Set;
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
  private static final int KEY_BYTES = 32;

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
    Path file = dataFolder.resolve("audit.key");
    if (!Files.exists(file)) {
      byte[] key = new byte[KEY_BYTES];
      random.nextBytes(key);
      create(file, key);
    }
    byte[] key = Files.readAllBytes(file);
    if (key.length != KEY_BYTES) {
      throw new IOException(
          file + ": expected a key of " + KEY_BYTES + " bytes; found " + key.length + " bytes");
    }
    return new ArgumentDigest(key);
  }

  /** The key is complete before it has its name; whoever comes second uses the first one's. */
  private static void create(Path file, byte[] key) throws IOException {
    Path complete =
        file.resolveSibling("audit.key." + ProcessHandle.current().pid() + "." + System.nanoTime());
    try {
      try (FileChannel channel =
          FileChannel.open(
              complete,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(key);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.createLink(file, complete);
    } catch (FileAlreadyExistsException _) {
      // another process was first
    } finally {
      Files.deleteIfExists(complete);
    }
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
