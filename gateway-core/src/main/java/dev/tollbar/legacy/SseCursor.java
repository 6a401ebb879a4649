package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.protocol.SseText;
import java.time.Duration;
import java.util.Optional;

/** How far a stream was read, and how it can be gone on with. For one thread at a time. */
final class SseCursor {
  private static final Duration USUAL = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private Optional<String> lastEventId = Optional.empty();
  private Duration retry = USUAL;

  void passed(Event event) {
    SseText.id(event.raw()).ifPresent(id -> lastEventId = Optional.of(id));
    SseText.retry(event.raw())
        .ifPresent(asked -> retry = Duration.ofMillis(Math.min(asked, LONGEST.toMillis())));
  }

  /** Whether the server can be asked for what comes next. */
  boolean canGoOn() {
    return lastEventId.isPresent();
  }

  Optional<String> lastEventId() {
    return lastEventId;
  }

  /** How long to wait before the stream is asked for again. */
  Duration pause() {
    return retry;
  }
}
