package dev.tollbar.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that lines are appended to, whole lines with one write, so that several processes can
 * share it. A line that a crash or a full disk cut short is ended before the next one begins. One
 * thread.
 */
final class DecisionFile implements AutoCloseable {
  private final Path path;
  private @Nullable FileChannel channel;
  private @Nullable Object key;
  private boolean torn;
  private boolean dirty;

  private DecisionFile(Path path) {
    this.path = path;
  }

  static DecisionFile open(Path path) throws IOException {
    DecisionFile file = new DecisionFile(path);
    try {
      file.channel();
    } catch (IOException e) {
      throw new IOException(file.problem(e), e);
    }
    return file;
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open != null) {
      return open;
    }
    open =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    channel = open;
    key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    torn = endsInsideALine();
    return open;
  }

  private boolean endsInsideALine() throws IOException {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (FileChannel reader = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return reader.size() > 0
          && reader.read(last, reader.size() - 1) == 1
          && last.get(0) != (byte) '\n';
    }
  }

  /**
   * Appends whole lines. After a failure the buffer stands at the first line that is not complete
   * in the file, and the file is opened anew by the next attempt.
   */
  void append(ByteBuffer lines) throws IOException {
    FileChannel open = channel();
    try {
      if (torn) {
        open.write(ByteBuffer.wrap(new byte[] {'\n'}));
        torn = false;
      }
      int start = lines.position();
      try {
        while (lines.hasRemaining()) {
          open.write(lines);
          dirty = true;
        }
      } finally {
        rewindToLineStart(lines, start);
      }
    } catch (IOException e) {
      reopenLater();
      throw e;
    }
  }

  private void rewindToLineStart(ByteBuffer lines, int start) {
    int position = lines.position();
    while (position > start && lines.get(position - 1) != (byte) '\n') {
      position--;
    }
    lines.position(position);
  }

  /** Forces what was written to disk; goes on in a new file where the old one was moved away. */
  void sync() throws IOException {
    FileChannel open = channel;
    if (open == null || !dirty) {
      return;
    }
    try {
      open.force(false);
      dirty = false;
    } catch (IOException e) {
      reopenLater();
      throw e;
    }
    if (!Objects.equals(key, keyOf(path))) {
      reopenLater();
    }
  }

  boolean dirty() {
    return dirty;
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  private void reopenLater() {
    try {
      close();
    } catch (IOException _) {
      // what closing could tell is known already: the file is given up
    }
  }

  /** The failure in an operator's words. */
  String problem(Exception failure) {
    return "decision records cannot be written to " + path + ": " + why(failure);
  }

  private static String why(Exception failure) {
    String reason =
        failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
    return reason == null ? failure.toString() : reason;
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
