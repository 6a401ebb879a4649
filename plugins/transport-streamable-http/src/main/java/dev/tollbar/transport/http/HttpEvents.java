package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import java.io.IOException;
import java.util.Optional;

/** A reply that is a stream of events; also the stream of messages that belong to no request. */
final class HttpEvents implements UpstreamReply.Events {
  private static final int MOST_EVENT_BYTES = 16 * 1024 * 1024;

  private final Exchange exchange;
  private final Optional<InFlight> session;
  private final EventReader reader;

  private HttpEvents(Exchange exchange, ReplyBody body, Optional<InFlight> session) {
    this.exchange = exchange;
    this.session = session;
    this.reader = new EventReader(body, MOST_EVENT_BYTES);
  }

  /**
   * A stream of a session: the server may ask on it; and it outlives its connection once one of its
   * events had an id, so that the end of the connection, however it comes, is no failure: the
   * client goes on with the id. Source: MCP 2025-11-25, basic/transports, resumability.
   */
  static HttpEvents ofSession(Exchange exchange, ReplyBody body, InFlight inFlight) {
    return new HttpEvents(exchange, body, Optional.of(inFlight));
  }

  /** A stream since MCP 2026-07-28, which ends with its connection and on which no server asks. */
  static HttpEvents ofRequest(Exchange exchange, ReplyBody body) {
    return new HttpEvents(exchange, body, Optional.empty());
  }

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    try {
      Optional<Event> event = reader.next();
      if (session.isPresent()) {
        event.map(Event::data).filter(data -> data.length > 0).ifPresent(session.get()::received);
      }
      return event;
    } catch (IOException e) {
      exchange.drop();
      if (exchange.closedHere()) {
        return Optional.empty();
      }
      UpstreamException failure = exchange.failure(e);
      if (failure.reason() == Reason.BROKEN && session.isPresent() && reader.seenId()) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  @Override
  public void close() {
    exchange.close();
  }
}
