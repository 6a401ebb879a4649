package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import java.io.IOException;
import java.util.Optional;

/** A reply that is a stream of events; also the stream of messages that belong to no request. */
final class HttpEvents implements UpstreamReply.Events {
  private static final int MOST_EVENT_BYTES = 16 * 1024 * 1024;

  private final Exchange exchange;
  private final InFlight inFlight;
  private final EventReader reader;

  HttpEvents(Exchange exchange, InFlight inFlight, ReplyBody body) {
    this.exchange = exchange;
    this.inFlight = inFlight;
    this.reader = new EventReader(body, MOST_EVENT_BYTES);
  }

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    try {
      Optional<Event> event = reader.next();
      event.map(Event::data).filter(data -> data.length > 0).ifPresent(inFlight::received);
      return event;
    } catch (IOException e) {
      exchange.drop();
      if (exchange.closedHere()) {
        return Optional.empty();
      }
      throw exchange.failure(e);
    }
  }

  @Override
  public void close() {
    exchange.close();
  }
}
