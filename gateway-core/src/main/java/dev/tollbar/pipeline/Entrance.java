package dev.tollbar.pipeline;

import java.io.IOException;

/**
 * What is behind a front: a client posts a message, listens, or ends its session. Used by many
 * virtual threads at once, one for each message and one for each open stream.
 */
public interface Entrance {

  /** Takes one message, and answers it. */
  void post(Arrival arrival, ClientReply client) throws IOException;

  /** Sends the client what servers say outside of calls, until either of them ends it. */
  void listen(Arrival arrival, ClientReply client) throws IOException;

  /** Ends a session. */
  void end(Arrival arrival, ClientReply client) throws IOException;
}
