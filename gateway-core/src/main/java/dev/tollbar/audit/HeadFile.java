package dev.tollbar.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The file of the chain's head, {@code decisions.head}. Who writes to the log holds its lock, so
 * that several processes make one chain. One thread at a time.
 */
final class HeadFile implements AutoCloseable {
  static final String NAME = "decisions.head";

  /** A process has one lock on a file, whoever holds it: its own logs need another one. */
  private static final Map<Path, Semaphore> HELD = new ConcurrentHashMap<>();

  private final Path path;
  private final RandomAccessFile file;
  private final Semaphore held;
  private final Duration patience;
  private final @Nullable Object fileKey;

  private HeadFile(Path path, RandomAccessFile file, Duration patience) throws IOException {
    this.path = path;
    this.fileKey = DecisionFiles.key(path);
    this.file = file;
    this.held = HELD.computeIfAbsent(path.toRealPath(), _ -> new Semaphore(1));
    this.patience = patience;
  }

  static HeadFile open(Path folder, Duration patience) throws IOException {
    Path path = folder.resolve(NAME);
    return new HeadFile(path, DecisionFiles.writable(path), patience);
  }

  /** The right to write, held until it is closed, by any thread. */
  interface Hold extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  Hold hold() throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    if (!tryProcess()) {
      throw isHeld();
    }
    try {
      FileLock lock = file.getChannel().tryLock();
      while (lock == null) {
        if (System.nanoTime() - end > 0) {
          throw isHeld();
        }
        LockSupport.parkNanos(50_000);
        lock = file.getChannel().tryLock();
      }
      FileLock mine = lock;
      return () -> {
        try {
          mine.release();
        } finally {
          held.release();
        }
      };
    } catch (IOException | RuntimeException e) {
      held.release();
      throw e;
    }
  }

  private boolean tryProcess() throws IOException {
    try {
      return held.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw isHeld();
    }
  }

  private IOException isHeld() {
    return new IOException(
        "another process has held " + path.getFileName() + " for " + patience.toMillis() + " ms");
  }

  /** What stands in it, of any length. */
  byte[] read() throws IOException {
    byte[] bytes = new byte[ChainHead.BYTES + 1];
    int filled = 0;
    file.seek(0);
    for (int read = file.read(bytes);
        read > 0;
        read = file.read(bytes, filled, bytes.length - filled)) {
      filled += read;
    }
    return Arrays.copyOf(bytes, filled);
  }

  void write(byte[] head) throws IOException {
    file.seek(0);
    file.write(head);
  }

  /** Whether the file still has its name: somebody may have removed it. */
  boolean isThere() throws IOException {
    return Objects.equals(fileKey, DecisionFiles.key(path));
  }

  void sync() throws IOException {
    file.getFD().sync();
  }

  /** Closing gives up every lock of this process on the file, so that nobody may hold one. */
  @Override
  public void close() throws IOException {
    held.acquireUninterruptibly();
    try {
      file.close();
    } finally {
      held.release();
    }
  }
}
