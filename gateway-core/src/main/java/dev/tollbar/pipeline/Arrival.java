package dev.tollbar.pipeline;

import dev.tollbar.protocol.Message;
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
  /** Stands for all servers of the grant at once; no server has this name. */
  public static final String ALL_SERVERS = "*";

  private static final byte[] NOTHING = {};

  /** The same with another body. */
  Arrival with(byte[] other) {
    return new Arrival(server, door, headers, other, time);
  }

  /** The same in a session, or in none. */
  Arrival in(Optional<String> session) {
    Headers inside = headers.in(session, headers.protocolRevision(), Optional.empty());
    return new Arrival(server, door, inside, body, time);
  }

  /** The same, going on after an event of the session's stream. */
  Arrival after(String event) {
    Headers resuming =
        headers.in(headers.session(), headers.protocolRevision(), Optional.of(event));
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

    /** The same client in another session, with a revision and an event of that one. */
    public Headers in(
        Optional<String> otherSession,
        Optional<String> otherRevision,
        Optional<String> otherEventId) {
      return new Headers(
          host,
          origin,
          authorization,
          accept,
          contentType,
          otherSession,
          otherRevision,
          otherEventId,
          fromLoopback,
          mirrored);
    }

    /**
     * The same client as one that sends a message, or listens: it may have come with a request that
     * does neither.
     */
    public Headers speaking() {
      return new Headers(
          host,
          origin,
          authorization,
          Optional.of("application/json, text/event-stream"),
          Optional.of("application/json"),
          session,
          protocolRevision,
          lastEventId,
          fromLoopback,
          mirrored);
    }

    /** The same, repeating another message where they repeat one. */
    public Headers repeating(Message message) {
      return new Headers(
          host,
          origin,
          authorization,
          accept,
          contentType,
          session,
          protocolRevision,
          lastEventId,
          fromLoopback,
          mirrored.of(message));
    }
  }
}
