package dev.tollbar.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Notices that a file of the document changed, however it is replaced: it looks at the files
 * themselves, again and again, because the events of file systems miss swapped links and mounts.
 */
final class DocumentWatch implements AutoCloseable {
  private static final Duration ROUND = Duration.ofMillis(200);

  private record Look(long modified, long size, Optional<Object> key) {}

  private final LiveDocument document;
  private final DocumentLock lock;
  private final BooleanSupplier works;
  private final Thread watcher;
  private Map<Path, Optional<Look>> seen;
  private volatile boolean closed;

  /**
   * A watch.
   *
   * @param works whether the store can be used
   */
  DocumentWatch(LiveDocument document, DocumentLock lock, BooleanSupplier works) {
    this.document = document;
    this.lock = lock;
    this.works = works;
    this.seen = look();
    this.watcher = Thread.ofPlatform().daemon().name("document-watch").unstarted(this::watch);
  }

  void start() {
    watcher.start();
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(ROUND.toNanos());
      Map<Path, Optional<Look>> now = look();
      boolean again = document.isUnkept() && works.getAsBoolean();
      if ((again || !now.equals(seen)) && !closed && reload()) {
        // Looked at before the document was read: what changes meanwhile is noticed in the next
        // round.
        seen = now;
        document.files().forEach(file -> seen.putIfAbsent(file, look(file)));
      }
    }
  }

  /** False while a command is writing the document's files: then in a later round. */
  private boolean reload() {
    try (DocumentLock.Held held = lock.tryHold().orElse(null)) {
      if (held == null) {
        return false;
      }
      document.reload();
    } catch (IOException e) {
      document.reload(); // no lock can be had: nobody else has one either
    }
    return true;
  }

  private Map<Path, Optional<Look>> look() {
    Map<Path, Optional<Look>> looks = new HashMap<>();
    document.files().forEach(file -> looks.put(file, look(file)));
    return looks;
  }

  private static Optional<Look> look(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Look(
              attributes.lastModifiedTime().toMillis(),
              attributes.size(),
              Optional.ofNullable(attributes.fileKey())));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher);
  }
}
