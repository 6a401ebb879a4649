package dev.tollbar.aggregate;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All open sessions on many servers. Only this class knows that an id is a random number and not
 * the session itself. Safe for use by many threads.
 */
final class JointSessions {
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  private final Map<String, JointSession> open = new ConcurrentHashMap<>();
  private final SecureRandom random;
  private final Settings settings;

  JointSessions(SecureRandom random, Settings settings) {
    this.random = random;
    this.settings = settings;
  }

  /** Opens one; empty if there are too many. */
  Optional<JointSession> open(String grant, Revision revision, Message initialize, Arrival first) {
    if (open.size() >= settings.mostSessions()) {
      return Optional.empty();
    }
    byte[] id = new byte[24];
    random.nextBytes(id);
    JointSession session =
        new JointSession(TEXT.encodeToString(id), grant, revision, initialize, first, settings);
    open.put(session.id(), session);
    return Optional.of(session);
  }

  /** The session of that id, for its own grant only. */
  Optional<JointSession> find(String id, String grant) {
    return Optional.ofNullable(open.get(id)).filter(session -> session.grant().equals(grant));
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
