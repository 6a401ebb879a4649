package dev.tollbar.api;

import java.util.Optional;

/**
 * Messages as they arrive, in the form of server-sent events. One thread reads, any may close.
 * Source: WHATWG HTML, section 9.2, server-sent events.
 */
public interface EventStream extends AutoCloseable {

  /**
   * Blocks for the next event; empty at the end of the stream.
   *
   * @throws UpstreamException when the stream broke
   */
  Optional<Event> next() throws UpstreamException, InterruptedException;

  /** Ends the stream; a thread in {@link #next()} returns. Idempotent. */
  @Override
  void close();

  /**
   * One event, or a run of comments.
   *
   * @param raw as it arrived, with the blank line that ends it: comments, {@code id} and {@code
   *     retry} included
   * @param data its data lines joined: one JSON message; empty if the event has none
   */
  record Event(byte[] raw, byte[] data) {}
}
