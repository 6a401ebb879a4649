package dev.tollbar.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The file of the chain's head, {@code decisions.head}. Who writes to the log holds its lock, so
 * that several processes make one chain. One thread.
 */
final class HeadFile implements AutoCloseable {
  static final String NAME = "decisions.head";

  /** A process has one lock on a file, whoever holds it: threads need another one. */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path path;
  private final FileChannel channel;
  private final ReentrantLock threads;
  private final Duration patience;
  private final @Nullable Object fileKey;

  private HeadFile(Path path, FileChannel channel, Duration patience) throws IOException {
    this.path = path;
    this.fileKey = DecisionFiles.key(path);
    this.channel = channel;
    this.threads = LOCKS.computeIfAbsent(path.toRealPath(), _ -> new ReentrantLock());
    this.patience = patience;
  }

  static HeadFile open(Path folder, Duration patience) throws IOException {
    Path path = folder.resolve(NAME);
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new HeadFile(path, channel, patience);
  }

  /** The right to write, held until it is closed. */
  interface Hold extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  Hold hold() throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    if (!tryThreads()) {
      throw held();
    }
    try {
      FileLock lock = channel.tryLock();
      while (lock == null) {
        if (System.nanoTime() - end > 0) {
          throw held();
        }
        LockSupport.parkNanos(50_000);
        lock = channel.tryLock();
      }
      FileLock mine = lock;
      return () -> {
        try {
          mine.release();
        } finally {
          threads.unlock();
        }
      };
    } catch (IOException | RuntimeException e) {
      threads.unlock();
      throw e;
    }
  }

  private boolean tryThreads() throws IOException {
    try {
      return threads.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw held();
    }
  }

  private IOException held() {
    return new IOException(
        "another process has held " + path.getFileName() + " for " + patience.toMillis() + " ms");
  }

  /** What stands in it, of any length. */
  byte[] read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ChainHead.BYTES + 1);
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
      // all of it
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  void write(byte[] head) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(head);
    while (bytes.hasRemaining()) {
      channel.write(bytes, bytes.position());
    }
  }

  /** Whether the file still has its name: somebody may have removed it. */
  boolean isThere() throws IOException {
    return Objects.equals(fileKey, DecisionFiles.key(path));
  }

  void sync() throws IOException {
    channel.force(false);
  }

  /** Closing gives up every lock of this process on the file, so that nobody may hold one. */
  @Override
  public void close() throws IOException {
    threads.lock();
    try {
      channel.close();
    } finally {
      threads.unlock();
    }
  }
}
