package dev.tollbar.bootstrap;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that jars were put into the plugins folder, replaced or taken away, however it was done.
 * It waits until the folder has come to rest: a jar that still grows is no jar yet. One that rests
 * half-copied is refused, and looked at again when it has grown.
 */
final class PluginWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PluginWatch.class);
  private static final Duration ROUND = Duration.ofMillis(500);
  private static final Duration LONGEST_SWAP = Duration.ofSeconds(5);

  /** Loads the plugins anew and puts them in force. */
  @FunctionalInterface
  interface Swap {
    void run() throws IOException, InterruptedException;
  }

  private final PluginFolder folder;
  private final Swap swap;
  private final Thread watcher;
  private Optional<Map<String, PluginFolder.Look>> loaded;
  private volatile boolean unreadable;
  private volatile boolean failed;
  private volatile boolean closed;

  /** A watch over a folder that was loaded once. */
  PluginWatch(PluginFolder folder, Swap swap) {
    this.folder = folder;
    this.loaded = Optional.of(folder.loaded());
    this.swap = swap;
    this.watcher = Thread.ofPlatform().daemon().name("plugin-watch").unstarted(this::watch);
  }

  void start() {
    watcher.start();
  }

  /**
   * Why what lies in the folder is not in force, if that is not the fault of a jar or a document.
   */
  List<String> problems() {
    if (unreadable) {
      return List.of(problem("cannot be read"));
    }
    return failed ? List.of(problem("could not be loaded")) : List.of();
  }

  private String problem(String what) {
    return "the plugins folder %s %s; the plugins that were loaded stay in force"
        .formatted(folder.path(), what);
  }

  private void watch() {
    Optional<Map<String, PluginFolder.Look>> last = loaded;
    while (!closed) {
      LockSupport.parkNanos(ROUND.toNanos());
      Optional<Map<String, PluginFolder.Look>> now = look();
      // Twice the same look: nobody is writing there.
      if (!closed && now.isPresent() && now.equals(last) && !now.equals(loaded)) {
        // Looked at before the jars are read: what changes meanwhile is noticed in the next round.
        loaded = now;
        swap();
      }
      last = now;
    }
  }

  private Optional<Map<String, PluginFolder.Look>> look() {
    try {
      Map<String, PluginFolder.Look> looks = folder.look();
      unreadable = false;
      return Optional.of(looks);
    } catch (IOException e) {
      if (!unreadable) {
        LOG.error("{}", problem("cannot be read"), e);
      }
      unreadable = true;
      loaded = Optional.empty(); // whatever is there when it is back has to be loaded
      return Optional.empty();
    }
  }

  private void swap() {
    try {
      swap.run();
      failed = false;
    } catch (InterruptedException e) {
      closed = true; // nobody interrupts this thread but the end of the process
    } catch (IOException | RuntimeException | LinkageError e) { // the watch must go on
      failed = true;
      LOG.error("{}", problem("could not be loaded"), e);
    }
  }

  /** Waits for a swap that is under way, so that nothing is loaded after the last was closed. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher);
    try {
      watcher.join(LONGEST_SWAP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
