package dev.tollbar.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A key in a file of its own: 32 random bytes, for its owner only. */
final class KeyFile {
  private static final int KEY_BYTES = 32;

  private KeyFile() {}

  /**
   * Reads the key, or makes it. Processes that start at the same time agree on one.
   *
   * @throws IOException when the key can be neither read nor made, or is not a key; the message is
   *     for the operator
   */
  static byte[] open(Path file, RandomGenerator random) throws IOException {
    if (!Files.exists(file)) {
      byte[] key = new byte[KEY_BYTES];
      random.nextBytes(key);
      create(file, key);
    }
    return read(file);
  }

  /** Reads a key that exists. */
  static byte[] read(Path file) throws IOException {
    byte[] key = Files.readAllBytes(file);
    if (key.length != KEY_BYTES) {
      throw new IOException(
          file + ": expected a key of " + KEY_BYTES + " bytes; found " + key.length + " bytes");
    }
    return key;
  }

  /** The key is complete before it has its name; whoever comes second uses the first one's. */
  private static void create(Path file, byte[] key) throws IOException {
    Path complete =
        file.resolveSibling(
            file.getFileName() + "." + ProcessHandle.current().pid() + "." + System.nanoTime());
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
}
