package dev.tollbar.aggregate;

import dev.tollbar.legacy.HandshakeIds;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All open sessions on many servers. One that is not in memory, after a while or after a restart of
 * the gateway, is begun anew from what its id carries. Safe for use by many threads.
 */
final class JointSessions {
  private final Map<String, JointSession> open = new ConcurrentHashMap<>();
  private final HandshakeIds ids;
  private final Settings settings;

  JointSessions(HandshakeIds ids, Settings settings) {
    this.ids = ids;
    this.settings = settings;
  }

  /** Opens one; empty if there are too many. */
  Optional<JointSession> open(String grant, Revision revision, Message initialize, Arrival first) {
    if (open.size() >= settings.mostSessions()) {
      return Optional.empty();
    }
    String id = ids.seal(initialize, revision, grant);
    JointSession session = new JointSession(id, grant, revision, initialize, first, settings);
    open.put(session.id(), session);
    return Optional.of(session);
  }

  /** The session of that id, for its own grant only. */
  Optional<JointSession> find(String id, String grant) {
    return Optional.ofNullable(open.get(id)).filter(session -> session.grant().equals(grant));
  }

  /**
   * Takes up the session of that id, which is not in memory: its client is through with the
   * handshake, and none of its servers is there yet.
   */
  Optional<JointSession> takeUp(String id, String grant, Arrival arrival) {
    if (open.size() >= settings.mostSessions()) {
      return Optional.empty();
    }
    return ids.open(id, grant)
        .map(begun ->
            open.computeIfAbsent(
                id,
                _ -> {
                  JointSession session =
                      new JointSession(
                          id, grant, begun.revision(), begun.initialize(), arrival, settings);
                  session.initialized();
                  return session;
                }));
  }

  /** Ends it for good: nobody takes it up any more. False if another thread has done so. */
  boolean end(JointSession session) {
    ids.end(session.id());
    return remove(session);
  }

  /** Takes it away; false if another thread has done so. */
  boolean remove(JointSession session) {
    return open.remove(session.id(), session);
  }

  /** Those that nobody has used for long. */
  List<JointSession> idle() {
    long since = System.nanoTime() - settings.idle().toNanos();
    return open.values().stream().filter(session -> session.idleSince(since)).toList();
  }

  List<JointSession> all() {
    return new ArrayList<>(open.values());
  }

  int size() {
    return open.size();
  }
}
