package dev.tollbar.pipeline;

import java.io.IOException;

/**
 * What all messages to a client share that are not each the answer to its own HTTP request: a pipe,
 * or a stream of events. Safe for use by many threads. A client that does not read holds up
 * everybody who writes, and so the server behind.
 */
@FunctionalInterface
public interface Channel {

  /**
   * Sends one whole message.
   *
   * @throws IOException when the client is gone
   */
  void message(byte[] json) throws IOException;
}
