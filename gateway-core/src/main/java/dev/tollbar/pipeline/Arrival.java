package dev.tollbar.pipeline;

import dev.tollbar.protocol.MirroredHeaders;
import java.time.Instant;
import java.util.Optional;

/**
 * What a client sent, before anything of it is believed.
 *
 * @param server the server that it is for, as the address names it
 * @param door how it came in
 * @param body the received bytes; these are judged, and these are forwarded
 * @param time by the gateway's clock
 */
public record Arrival(String server, Door door, Headers headers, byte[] body, Instant time) {
  private static final byte[] NOTHING = {};

  /** The same with another body. */
  Arrival with(byte[] other) {
    return new Arrival(server, door, headers, other, time);
  }

  /** The same in a session, or in none. */
  Arrival in(Optional<String> session) {
    return new Arrival(server, door, headers.in(session, Optional.empty()), body, time);
  }

  /** The same, going on after an event of the session's stream. */
  Arrival after(String event) {
    Headers resuming = headers.in(headers.session(), Optional.of(event));
    return new Arrival(server, door, resuming, NOTHING, time);
  }

  /** Where a client came in. */
  public enum Door {
    /** Over the network: the grant is in the token, and Host and Origin are checked. */
    HTTP,
    /** The process that started the gateway speaks to it over pipes. */
    STDIO
  }

  /**
   * The headers that mean something to the gateway. None is ever forwarded.
   *
   * @param fromLoopback whether the connection comes from this machine
   * @param mirrored what repeats parts of the body
   */
  public record Headers(
      Optional<String> host,
      Optional<String> origin,
      Optional<String> authorization,
      Optional<String> accept,
      Optional<String> contentType,
      Optional<String> session,
      Optional<String> protocolRevision,
      Optional<String> lastEventId,
      boolean fromLoopback,
      MirroredHeaders mirrored) {

    /** Without headers that repeat parts of the body. */
    public Headers(
        Optional<String> host,
        Optional<String> origin,
        Optional<String> authorization,
        Optional<String> accept,
        Optional<String> contentType,
        Optional<String> session,
        Optional<String> protocolRevision,
        Optional<String> lastEventId,
        boolean fromLoopback) {
      this(
          host,
          origin,
          authorization,
          accept,
          contentType,
          session,
          protocolRevision,
          lastEventId,
          fromLoopback,
          MirroredHeaders.none());
    }

    private Headers in(Optional<String> otherSession, Optional<String> otherEvent) {
      return new Headers(
          host,
          origin,
          authorization,
          accept,
          contentType,
          otherSession,
          protocolRevision,
          otherEvent,
          fromLoopback,
          mirrored);
    }
  }
}
