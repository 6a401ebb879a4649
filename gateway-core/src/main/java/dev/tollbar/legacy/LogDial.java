package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.protocol.JsonText;
import java.util.EnumMap;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log level of a session, which is one for all its calls: the lowest that a call in flight
 * wants. It rises with the next call that wants one.
 */
final class LogDial {
  private final LegacyLine line;
  private final ReentrantLock turning = new ReentrantLock();
  private final EnumMap<LogLevel, Integer> wanted = new EnumMap<>(LogLevel.class);
  private Optional<LogLevel> set = Optional.empty();

  LogDial(LegacyLine line) {
    this.line = line;
  }

  /** A call begins. Returns when its messages will come. */
  void add(LogLevel level) throws UpstreamException, InterruptedException {
    count(level, 1);
    boolean turned = false;
    turning.lockInterruptibly();
    try {
      turn();
      turned = true;
    } finally {
      turning.unlock();
      if (!turned) {
        remove(level);
      }
    }
  }

  private void turn() throws UpstreamException, InterruptedException {
    Optional<LogLevel> lowest = lowest();
    if (lowest.isPresent() && !lowest.equals(set)) {
      line.request("logging/setLevel", "{\"level\":" + JsonText.quote(lowest.get().text()) + "}");
      set = lowest;
    }
  }

  /** A call is over. */
  void remove(LogLevel level) {
    count(level, -1);
  }

  private synchronized void count(LogLevel level, int change) {
    wanted.merge(level, change, (one, other) -> one + other == 0 ? null : one + other);
  }

  private synchronized Optional<LogLevel> lowest() {
    // The keys of an EnumMap come in the order of their declaration.
    return wanted.keySet().stream().findFirst();
  }
}
