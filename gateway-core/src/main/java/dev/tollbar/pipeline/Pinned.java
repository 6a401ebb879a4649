package dev.tollbar.pipeline;

import java.io.IOException;
import java.util.Optional;

/**
 * The gateway under the revision that is in force now, for what a client takes for one request and
 * is several: all parts see one revision, though another comes into force meanwhile. Safe for use
 * by many threads; close it.
 */
public final class Pinned implements AutoCloseable {
  private final Gateway gateway;
  private final Optional<LiveRevision> revision;

  /**
   * Pins a revision.
   *
   * @param revision entered already; empty while the gateway stops
   */
  Pinned(Gateway gateway, Optional<LiveRevision> revision) {
    this.gateway = gateway;
    this.revision = revision;
  }

  /** The id of the revision; empty while the gateway stops. */
  public Optional<String> revision() {
    return revision.map(LiveRevision::id);
  }

  /**
   * Takes one message, and answers it. What begins when this was closed long ago is under the
   * revision of that time, if the other is gone.
   */
  public void post(Arrival arrival, ClientReply client) throws IOException {
    if (revision.isEmpty() || !revision.get().enter()) {
      gateway.post(arrival, client);
      return;
    }
    try {
      gateway.take(arrival, revision.get(), client);
    } finally {
      revision.get().leave();
    }
  }

  @Override
  public void close() {
    revision.ifPresent(LiveRevision::leave);
  }
}
