package dev.tollbar.keys;

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
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A file of keys of 32 random bytes, one a line in Base64: the first is the one to use, all of them
 * are good. Lines that begin with {@code #} are comments. Read once; replaced by hand.
 */
public final class KeyLines {
  /** How long a key is. */
  public static final int BYTES = 32;

  private KeyLines() {}

  /**
   * Reads the file, or makes it with one key, for its owner only. Processes that start at the same
   * time agree on one key.
   *
   * @param head comments that a new file begins with
   * @throws IOException when it can be neither read nor made, or holds what are no keys; the
   *     message is for the operator
   */
  public static List<byte[]> open(Path file, String head, RandomGenerator random)
      throws IOException {
    if (!Files.exists(file)) {
      byte[] key = new byte[BYTES];
      random.nextBytes(key);
      create(file, head + Base64.getEncoder().encodeToString(key) + "\n");
    }
    checkMode(file);
    return read(file);
  }

  private static List<byte[]> read(Path file) throws IOException {
    List<byte[]> keys = new ArrayList<>();
    String[] lines =
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String where = file + ":" + (i + 1);
      byte[] key = bytes(line, where);
      if (keys.stream().anyMatch(other -> Arrays.equals(other, key))) {
        throw new IOException(where + ": expected each key once; found one that is there already");
      }
      keys.add(key);
    }
    if (keys.isEmpty()) {
      throw new IOException(
          file + ": expected at least one key of 32 bytes in Base64 on a line; found none");
    }
    return List.copyOf(keys);
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
    if (key.length != BYTES) {
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
