package dev.tollbar.upstream;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Lines to a server that speaks what its clients speak: nothing lies in between. */
public final class DirectLines implements ServerLines {
  private final UpstreamTransport transport;
  private final ReentrantLock opening = new ReentrantLock();
  private final Map<String, UpstreamSession> shared = new ConcurrentHashMap<>();

  public DirectLines(UpstreamTransport transport) {
    this.transport = transport;
  }

  @Override
  public UpstreamSession forSession() throws UpstreamException, InterruptedException {
    return transport.connect();
  }

  @Override
  public UpstreamSession resume(String token) throws UpstreamException, InterruptedException {
    return transport.resume(token);
  }

  @Override
  public UpstreamSession forRequests(String grant) throws UpstreamException, InterruptedException {
    UpstreamSession open = shared.get(grant);
    if (open != null && open.alive()) {
      return open;
    }
    opening.lockInterruptibly();
    try {
      UpstreamSession now = shared.get(grant);
      if (now == null || !now.alive()) {
        now = transport.connect();
        shared.put(grant, now);
      }
      return now;
    } finally {
      opening.unlock();
    }
  }

  @Override
  public void close() {
    shared.values().forEach(UpstreamSession::close);
  }
}
