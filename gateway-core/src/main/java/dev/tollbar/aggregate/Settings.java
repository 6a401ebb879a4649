package dev.tollbar.aggregate;

import java.time.Duration;

/**
 * Bounds.
 *
 * @param patience how long the answer to a client waits for one server
 * @param nudge how long a list waits for a server that was missing before
 * @param firstRetry when a missing server is tried again; the time doubles with every failure
 * @param lastRetry the longest time between two tries
 * @param keepAlive how long a stream may be silent
 * @param mostPages how many pages one server's list may have
 * @param mostSessions how many may be open at a time
 * @param idle after which time without a message a session is ended
 */
public record Settings(
    Duration patience,
    Duration nudge,
    Duration firstRetry,
    Duration lastRetry,
    Duration keepAlive,
    int mostPages,
    int mostSessions,
    Duration idle) {

  public static Settings defaults() {
    return new Settings(
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        Duration.ofSeconds(15),
        1_000,
        10_000,
        Duration.ofHours(1));
  }
}
