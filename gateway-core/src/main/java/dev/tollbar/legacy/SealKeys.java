package dev.tollbar.legacy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The keys of a file, one a line in Base64: the first one seals, all of them open. Lines that begin
 * with {@code #} are comments.
 */
final class SealKeys {
  private static final String HEAD =
      """
      # Session ids are sealed with the first of these keys; every one of them opens those that it has sealed.
      # A key is 32 random bytes in Base64. Who has this file can make session ids: keep it secret.
      """;

  private final List<SealKey> keys;

  private SealKeys(List<SealKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /** Reads the file, or makes it. Processes that start at the same time agree on one key. */
  static SealKeys open(Path file, RandomGenerator random) throws IOException {
    if (!Files.exists(file)) {
      byte[] key = new byte[SealKey.BYTES];
      random.nextBytes(key);
      create(file, HEAD + Base64.getEncoder().encodeToString(key) + "\n");
    }
    checkMode(file);
    return new SealKeys(read(file));
  }

  SealKey first() {
    return keys.getFirst();
  }

  /** The key whose id stands there. */
  Optional<SealKey> find(byte[] bytes, int from) {
    return keys.stream().filter(key -> key.isNamed(bytes, from)).findFirst();
  }

  private static List<SealKey> read(Path file) throws IOException {
    List<SealKey> keys = new ArrayList<>();
    String[] lines =
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String where = file + ":" + (i + 1);
      SealKey key = SealKey.of(bytes(line, where));
      if (keys.stream().anyMatch(other -> other.isNamed(key.id(), 0))) {
        throw new IOException(where + ": expected each key once; found one that is there already");
      }
      keys.add(key);
    }
    if (keys.isEmpty()) {
      throw new IOException(
          file + ": expected at least one key of 32 bytes in Base64 on a line; found none");
    }
    return keys;
  }

  /** Says nothing of the line: it may be a key with a typing error. */
  private static byte[] bytes(String line, String where) throws IOException {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(line);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          where + ": expected a key of 32 bytes in Base64; found a line that is no Base64", e);
    }
    if (key.length != SealKey.BYTES) {
      throw new IOException(
          where + ": expected a key of 32 bytes in Base64; found " + key.length + " bytes");
    }
    return key;
  }

  private static void checkMode(Path file) throws IOException {
    if (!hasModes(file)) {
      return;
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    if (mode.contains(PosixFilePermission.OTHERS_READ)
        || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          file
              + ": expected a file that only its owner and group can read; found mode "
              + PosixFilePermissions.toString(mode));
    }
  }

  /** The file is complete before it has its name; whoever comes second uses the first one's. */
  private static void create(Path file, String text) throws IOException {
    Path complete =
        file.resolveSibling(
            file.getFileName() + "." + ProcessHandle.current().pid() + "." + System.nanoTime());
    FileAttribute<?>[] ownersOnly =
        hasModes(file)
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      try (FileChannel channel =
          FileChannel.open(
              complete,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
              ownersOnly)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
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

  private static boolean hasModes(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
