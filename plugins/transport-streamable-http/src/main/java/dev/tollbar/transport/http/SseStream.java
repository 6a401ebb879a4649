package dev.tollbar.transport.http;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.transport.common.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The stream on which a server of 2024-11-05 says everything: open, and read up to its first event,
 * which names where messages go. Source: MCP 2024-11-05, basic/transports, HTTP with SSE.
 */
final class SseStream implements AutoCloseable {
  private static final byte[] NO_BODY = {};

  private final Exchange exchange;
  private final EventReader reader;
  private final Endpoint messages;

  private SseStream(Exchange exchange, EventReader reader, Endpoint messages) {
    this.exchange = exchange;
    this.reader = reader;
    this.messages = messages;
  }

  /**
   * Opens a stream.
   *
   * @param within how long the server may take to begin its reply, and again to name its endpoint
   */
  static SseStream open(
      Connections connections,
      InFlight inFlight,
      Endpoint endpoint,
      RequestHeaders headers,
      Duration within,
      SseConfig config)
      throws UpstreamException, InterruptedException {
    byte[] head = headers.get(Optional.empty(), Optional.empty(), Optional.empty());
    Exchange exchange =
        Exchange.begin(connections, inFlight, head, NO_BODY, within, config.maxHeaderBytes());
    boolean done = false;
    try {
      if (exchange.head().status() != 200 || !exchange.head().eventStream()) {
        throw Receipt.unusable(exchange.head());
      }
      ReplyBody body = new ReplyBody(exchange, Optional.empty(), Long.MAX_VALUE);
      EventReader reader = new EventReader(body, config.maxEventBytes());
      exchange.bound(within);
      Endpoint messages = endpoint.resolve(endpointEvent(reader));
      exchange.unbound();
      done = true;
      return new SseStream(exchange, reader, messages);
    } catch (IOException e) {
      UpstreamException failure = exchange.failure(e);
      throw failure.reason() == Reason.TIMEOUT
          ? new UpstreamException(
              Reason.TIMEOUT,
              true,
              0,
              "the server named no endpoint within " + within.toMillis() + " ms")
          : failure;
    } finally {
      if (!done) {
        exchange.close();
      }
    }
  }

  private static String endpointEvent(EventReader reader) throws IOException {
    while (true) {
      EventReader.Typed first =
          reader
              .nextOfAnyType()
              .orElseThrow(() ->
                  new MalformedReplyException("a stream that ended before it named an endpoint"));
      if (first.type().equals("endpoint")) {
        return new String(first.event().data(), StandardCharsets.UTF_8);
      }
      // Comments may come at any time.
      if (!first.type().equals(EventReader.MESSAGE) || first.event().data().length > 0) {
        throw new MalformedReplyException(
            "an event of type " + Quoted.text(first.type()) + " before it named an endpoint");
      }
    }
  }

  /** Where messages go. */
  Endpoint messages() {
    return messages;
  }

  /** Blocks for the next message; empty when the server has ended the stream. */
  Optional<Event> next() throws UpstreamException, InterruptedException {
    try {
      return reader.next();
    } catch (IOException e) {
      UpstreamException failure = exchange.failure(e);
      throw failure.reason() == Reason.BROKEN ? ended() : failure;
    }
  }

  /** How calls fail that wait when the stream ends, in good order or not. */
  static UpstreamException ended() {
    return new UpstreamException(Reason.BROKEN, true, 0, "the server ended the session's stream");
  }

  @Override
  public void close() {
    exchange.close();
  }
}
