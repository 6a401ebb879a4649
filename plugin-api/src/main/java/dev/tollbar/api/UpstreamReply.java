package dev.tollbar.api;

import java.io.InputStream;
import java.util.OptionalLong;

/** What a server said to one message. Whoever receives it closes it. */
public sealed interface UpstreamReply extends AutoCloseable {

  /** A notification or response was accepted; there is nothing to read. */
  record Accepted() implements UpstreamReply {
    @Override
    public void close() {}
  }

  /** One JSON message. */
  non-sealed interface Single extends UpstreamReply {

    /** The HTTP status that it came with; 200 for transports without one. */
    int status();

    /** Its bytes as they arrive. Reading fails with an IOException when the server breaks off. */
    InputStream body();

    /** How many bytes {@link #body()} has, where that is known beforehand. */
    OptionalLong length();
  }

  /** Several messages, the last of which is the response. */
  non-sealed interface Events extends UpstreamReply, EventStream {}

  /** Frees what the reply holds. One that was not read to its end is dropped. Idempotent. */
  @Override
  void close();
}
