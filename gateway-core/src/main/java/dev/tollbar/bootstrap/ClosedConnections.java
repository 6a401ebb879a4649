package dev.tollbar.bootstrap;

import dev.tollbar.http.Guard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the connections of a port that the gateway closes, and tells the log of the first of a
 * kind and how many more there were, not of each. Safe for use by many threads.
 */
final class ClosedConnections implements Guard.Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(ClosedConnections.class);
  private static final Duration PAUSE = Duration.ofMinutes(10);

  private final String port;
  private final Consumer<String> counter;
  private final InstantSource clock;
  private final Map<Guard.Reason, Told> told = new EnumMap<>(Guard.Reason.class);

  private record Told(Instant at, long since) {}

  /**
   * A watcher.
   *
   * @param port whose it is, for the log
   * @param counter is given the reason, one word
   */
  ClosedConnections(String port, Consumer<String> counter, InstantSource clock) {
    this.port = port;
    this.counter = counter;
    this.clock = clock;
  }

  @Override
  public void closed(Guard.Reason reason) {
    counter.accept(reason.wire());
    if (reason != Guard.Reason.IDLE) {
      line(reason).ifPresent(LOG::warn);
    }
  }

  /** What the log is told, if it is time. */
  synchronized Optional<String> line(Guard.Reason reason) {
    Instant now = clock.instant();
    Told last = told.get(reason);
    if (last != null && now.isBefore(last.at().plus(PAUSE))) {
      told.put(reason, new Told(last.at(), last.since() + 1));
      return Optional.empty();
    }
    long others = last == null ? 0 : last.since();
    told.put(reason, new Told(now, 0));
    return Optional.of(
        (reason == Guard.Reason.TOO_MANY_BYTES
                ? "a request to the port of " + port + " is not read: "
                : "a connection to the port of " + port + " is closed: ")
            + reason.text()
            + (others == 0 ? "" : ". " + others + " more since this was last said"));
  }
}
