package dev.tollbar.transport.stdio;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * A server's process and all that it has started. Where it leads a process group the group is
 * signalled, which also reaches grandchildren whose parent is gone; where it does not, its
 * descendants are, as far as they can still be seen.
 */
final class ProcessTree {
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  /** Ends what is left of group $0: asks, waits up to $1 tenths of a second, then kills. */
  private static final String END_GROUP =
      """
      kill -s TERM -- "-$0" 2>/dev/null || exit 0
      i=0
      while [ "$i" -lt "$1" ] && kill -s 0 -- "-$0" 2>/dev/null; do sleep 0.1; i=$((i+1)); done
      kill -s KILL -- "-$0" 2>/dev/null
      """;

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
    boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (!ended) {
      tree.addAll(descendants());
    }
    endStragglers(patience, tree);
    process.waitFor(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends what outlives the process itself. */
  void endStragglers(Duration patience) throws InterruptedException {
    endStragglers(patience, descendants());
  }

  private void endStragglers(Duration patience, Set<ProcessHandle> tree)
      throws InterruptedException {
    if (ownGroup) {
      endGroup(patience);
    } else {
      process.destroy();
      tree.forEach(ProcessHandle::destroy);
      if (tree.stream().anyMatch(ProcessHandle::isAlive) || process.isAlive()) {
        process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    process.destroyForcibly();
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  private Set<ProcessHandle> descendants() {
    return new HashSet<>(process.descendants().toList());
  }

  /** Java can signal a process, but not a group. */
  private void endGroup(Duration patience) throws InterruptedException {
    long tenths = Math.max(1, patience.toMillis() / 100);
    try {
      Process ending =
          new ProcessBuilder(
                  "/bin/sh",
                  "-c",
                  END_GROUP,
                  Long.toString(process.pid()),
                  String.format(Locale.ROOT, "%d", tenths))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!ending.waitFor(
          patience.plus(LAST_WAIT).toMillis(), TimeUnit.MILLISECONDS)) {
        ending.destroyForcibly();
      }
    } catch (IOException e) {
      logger.warn("cannot end process group {}: {}", process.pid(), e.getMessage());
    }
  }
}
