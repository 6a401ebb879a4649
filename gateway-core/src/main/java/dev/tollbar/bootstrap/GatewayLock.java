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
 * Says that gateways run on a data folder: each shares a lock of the operating system on {@code
 * gateway.lock}, which ends with its process. Who must be alone has all of it.
 */
final class GatewayLock implements AutoCloseable {
  private static final String NAME = "gateway.lock";

  /** Who only looks whether a gateway runs is alone for a moment, too. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration AGAIN = Duration.ofMillis(20);

  private final FileChannel channel;

  private GatewayLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Held by a gateway while it runs.
   *
   * @throws IOException if the folder cannot be written, or somebody must be alone just now
   */
  static GatewayLock share(Path data) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Optional<GatewayLock> shared = lock(data, true);
    while (shared.isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(AGAIN.toNanos());
      shared = lock(data, true);
    }
    return shared.orElseThrow(
        () -> new IOException("the state in " + data + " is being restored; try again later"));
  }

  /** Held by who must be alone; empty if a gateway runs. */
  static Optional<GatewayLock> alone(Path data) throws IOException {
    return lock(data, false);
  }

  private static Optional<GatewayLock> lock(Path data, boolean shared) throws IOException {
    FileChannel channel =
        FileChannel.open(
            data.resolve(NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean held = false;
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      held = lock != null;
    } catch (OverlappingFileLockException e) {
      held = shared; // another gateway of this process holds it
    } finally {
      if (!held) {
        channel.close();
      }
    }
    return held ? Optional.of(new GatewayLock(channel)) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
