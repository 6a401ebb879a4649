package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * One client's own line to a modern server: what has been connected for it already, or another one
 * once that has ended.
 */
final class OwnLine implements ModernLine, AutoCloseable {
  private final UpstreamTransport transport;
  private final UnaryOperator<UpstreamSession> separating;
  private final ReentrantLock opening = new ReentrantLock();
  private UpstreamSession now;
  private volatile boolean closed;

  /**
   * A line that owns the session from then on.
   *
   * @param separating keeps requests that go over one session apart
   */
  OwnLine(
      UpstreamTransport transport,
      UnaryOperator<UpstreamSession> separating,
      UpstreamSession connected) {
    this.transport = transport;
    this.separating = separating;
    this.now = separating.apply(connected);
  }

  @Override
  public UpstreamSession open() throws UpstreamException, InterruptedException {
    UpstreamSession line = alive();
    if (closed) {
      line.close();
      throw new UpstreamException(Reason.SESSION_LOST, false, 0, "this session is closed");
    }
    return line;
  }

  private UpstreamSession alive() throws UpstreamException, InterruptedException {
    opening.lockInterruptibly();
    try {
      if (!closed && !now.alive()) {
        now.close();
        now = separating.apply(transport.connect());
      }
      return now;
    } finally {
      opening.unlock();
    }
  }

  /** Whoever is opening the line meanwhile closes it then. */
  @Override
  public void close() {
    closed = true;
    if (opening.tryLock()) {
      try {
        now.close();
      } finally {
        opening.unlock();
      }
    }
  }
}
