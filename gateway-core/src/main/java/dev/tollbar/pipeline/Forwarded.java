package dev.tollbar.pipeline;

import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.legacy.WaitingLine;
import dev.tollbar.protocol.Door;

/**
 * A call that was sent to its server, whose reply begins. Closing frees the reply, and the line to
 * the server of an {@code initialize} that led to no session.
 */
final class Forwarded implements AutoCloseable {
  private final PermittedCall call;
  private final UpstreamSession upstream;
  private final UpstreamReply reply;
  private boolean kept;

  Forwarded(PermittedCall call, UpstreamSession upstream, UpstreamReply reply) {
    this.call = call;
    this.upstream = upstream;
    this.reply = reply;
  }

  PermittedCall call() {
    return call;
  }

  Routed routed() {
    return call.routed();
  }

  UpstreamSession upstream() {
    return upstream;
  }

  UpstreamReply reply() {
    return reply;
  }

  /**
   * The client is not told what the server asks, so a server that waits for the answer must not.
   */
  void withdraw(String requestState) {
    if (upstream instanceof WaitingLine line) {
      line.withdraw(requestState);
    }
  }

  /** The line to the server belongs to a session now. */
  void keep() {
    kept = true;
  }

  @Override
  public void close() {
    reply.close();
    if (routed().door() == Door.INITIALIZE && !kept) {
      upstream.close();
    }
  }
}
