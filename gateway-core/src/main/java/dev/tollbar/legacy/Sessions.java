package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.Revision;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** All open sessions. Safe for use by many threads. */
public final class Sessions implements AutoCloseable {
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  private final Map<String, Session> open = new ConcurrentHashMap<>();
  private final SecureRandom random;
  private final int most;
  private final Duration idle;

  /**
   * A place for sessions.
   *
   * @param most how many may be open at a time
   * @param idle after which time without a message one is ended
   */
  public Sessions(SecureRandom random, int most, Duration idle) {
    this.random = random;
    this.most = most;
    this.idle = idle;
  }

  /** Opens one; empty if there are too many. The caller then closes the line to the server. */
  public Optional<Session> open(
      String grant, String server, Revision revision, UpstreamSession upstream) {
    if (open.size() >= most) {
      sweep();
    }
    if (open.size() >= most) {
      return Optional.empty();
    }
    byte[] id = new byte[24];
    random.nextBytes(id);
    Session session = new Session(TEXT.encodeToString(id), grant, server, revision, upstream);
    open.put(session.id(), session);
    return Optional.of(session);
  }

  /** The session of that id, for its own grant and server only. */
  public Optional<Session> find(String id, String grant, String server) {
    Session session = open.get(id);
    if (session == null || !session.grant().equals(grant) || !session.server().equals(server)) {
      return Optional.empty();
    }
    session.touch();
    return Optional.of(session);
  }

  public void end(Session session) {
    if (open.remove(session.id(), session)) {
      session.close();
    }
  }

  /** Ends the sessions that nobody used for long, and those whose server is gone. */
  public void sweep() {
    long since = System.nanoTime() - idle.toNanos();
    for (Session session : open.values()) {
      if (session.idleSince(since) || !session.upstream().alive()) {
        end(session);
      }
    }
  }

  /** Ends all sessions on a server, which is no longer there. */
  public void endAll(String server) {
    open.values().stream().filter(session -> session.server().equals(server)).forEach(this::end);
  }

  public int size() {
    return open.size();
  }

  @Override
  public void close() {
    open.values().forEach(this::end);
  }
}
