package dev.tollbar.transport.stdio;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * A server's process and all that it has started. Where it leads a process group the group is
 * signalled, which also reaches grandchildren whose parent is gone. Descendants are signalled too,
 * as far as they can still be seen: they may have left the group.
 */
final class ProcessTree {
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private final Process process;
  private final boolean ownGroup;
  private final Logger logger;

  ProcessTree(Process process, boolean ownGroup, Logger logger) {
    this.process = process;
    this.ownGroup = ownGroup;
    this.logger = logger;
  }

  /**
   * Returns when the process and its tree are gone. Its stdin should be closed already.
   *
   * @param patience how long it may take by itself, and again after it was told to end
   */
  void end(Duration patience) throws InterruptedException {
    // Before anything ends: a descendant whose parent is gone cannot be found any more.
    Set<ProcessHandle> tree = descendants();
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      tree.addAll(descendants());
    }
    endAll(patience, tree);
  }

  /** Ends what outlives the process itself. */
  void endStragglers(Duration patience) throws InterruptedException {
    endAll(patience, descendants());
  }

  private void endAll(Duration patience, Set<ProcessHandle> tree) throws InterruptedException {
    BooleanSupplier running =
        () ->
            process.isAlive()
                || tree.stream().anyMatch(ProcessTree::runs)
                || (ownGroup && ProcessGroup.runs(process.pid()));
    if (!running.getAsBoolean()) {
      return;
    }
    signalGroup("TERM");
    process.destroy();
    tree.forEach(ProcessHandle::destroy);
    if (endedWithin(patience, running)) {
      return;
    }
    signalGroup("KILL");
    tree.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    if (!endedWithin(LAST_WAIT, running)) {
      logger.warn("process {} or one that it started cannot be ended", process.pid());
    }
  }

  private static boolean endedWithin(Duration most, BooleanSupplier running)
      throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (running.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      Thread.sleep(LOOK_EVERY);
    }
    return true;
  }

  /** One that has ended, but whose parent has not taken note, has no command any more. */
  private static boolean runs(ProcessHandle handle) {
    return handle.isAlive() && handle.info().command().isPresent();
  }

  private Set<ProcessHandle> descendants() {
    return new HashSet<>(process.descendants().toList());
  }

  private void signalGroup(String signal) throws InterruptedException {
    if (ownGroup && ProcessGroup.runs(process.pid())) {
      try {
        ProcessGroup.signal(process.pid(), signal);
      } catch (IOException e) {
        logger.warn("cannot signal process group {}: {}", process.pid(), e.getMessage());
      }
    }
  }
}
