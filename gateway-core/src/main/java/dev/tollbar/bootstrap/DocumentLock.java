package dev.tollbar.bootstrap;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a gateway from reading a document of which a command has written only some files. A lock of
 * the operating system on {@code document.lock} in the data folder: it ends with its process.
 */
final class DocumentLock {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

  private final Path file;

  DocumentLock(Path data) {
    this.file = data.resolve("document.lock");
  }

  /** Held until it is closed. */
  record Held(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Takes it if nobody has it. */
  Optional<Held> tryHold() throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean held = false;
    try {
      FileLock lock = channel.tryLock();
      held = lock != null;
      return held ? Optional.of(new Held(channel)) : Optional.empty();
    } catch (OverlappingFileLockException _) {
      return Optional.empty(); // held in this process
    } finally {
      if (!held) {
        channel.close();
      }
    }
  }

  /** Takes it, when whoever has it is done. */
  Held hold() throws IOException {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (System.nanoTime() - end < 0) {
      Optional<Held> held = tryHold();
      if (held.isPresent()) {
        return held.get();
      }
      LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
    }
    throw new IOException(file + " is held by another process");
  }
}
