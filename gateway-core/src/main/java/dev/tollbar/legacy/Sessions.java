package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All open sessions. A session is in memory while it is used; its id carries what is needed to take
 * it up again, after a while or after a restart of the gateway, until it expires or was ended. Safe
 * for use by many threads.
 */
public final class Sessions implements AutoCloseable {
  /** How long an id is good for. */
  public static final Duration LONGEST = Duration.ofDays(30);

  /** Whoever was here less long ago is about to say something. */
  private static final Duration AWAY = Duration.ofSeconds(1);

  private static final Duration FAREWELL = Duration.ofSeconds(3);

  /**
   * How much is kept, and for how long.
   *
   * @param most how many may be open at a time
   * @param idle after which time without a message one leaves the memory
   * @param rest after which time without its client the server's stream is closed
   */
  public record Bounds(int most, Duration idle, Duration rest) {}

  private final Map<String, Session> open = new ConcurrentHashMap<>();
  private final SessionSeal seal;
  private final EndedSessions ended;
  private final InstantSource clock;
  private final Bounds bounds;
  private final StandingStream.Pauses pauses;

  public Sessions(SessionSeal seal, EndedSessions ended, InstantSource clock, Bounds bounds) {
    this(seal, ended, clock, bounds, StandingStream.Pauses.usual());
  }

  Sessions(
      SessionSeal seal,
      EndedSessions ended,
      InstantSource clock,
      Bounds bounds,
      StandingStream.Pauses pauses) {
    this.seal = seal;
    this.ended = ended;
    this.clock = clock;
    this.bounds = bounds;
    this.pauses = pauses;
  }

  /**
   * Opens one; empty if there are too many. The caller then closes the line to the server.
   *
   * @param initialize what the client began with
   * @param upstream the line on which it was answered
   */
  public Optional<Session> open(
      String grant, Reach reach, Revision revision, UpstreamSession upstream, Message initialize) {
    if (isFull()) {
      return Optional.empty();
    }
    Optional<Hello> hello = Hello.of(initialize);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    StoredSession stored =
        new StoredSession(
            now, revision, StoredSession.digestOf(reach), upstream.resumeToken(), hello);
    String id = seal.seal(stored.bytes(), grant, reach.server());
    Session session =
        new Session(
            id,
            grant,
            reach.server(),
            revision,
            now.plus(LONGEST),
            pauses,
            it -> ServerLine.opened(reach, revision, hello, upstream, it::keep, it.watch()));
    open.put(id, session);
    return Optional.of(session);
  }

  /** The session of that id, for its own grant and server only. */
  public Optional<Session> find(String id, String grant, Reach reach) {
    Session session = open.get(id);
    if (session == null) {
      return takenUp(id, grant, reach);
    }
    return found(session, id, grant, reach);
  }

  private Optional<Session> found(Session session, String id, String grant, Reach reach) {
    if (!session.grant().equals(grant) || !session.server().equals(reach.server())) {
      return Optional.empty();
    }
    if (isExpired(session.expires())) {
      forget(session);
      return Optional.empty();
    }
    if (session.touch()) {
      return Optional.of(session);
    }
    open.remove(id, session); // it is being let go of at this moment
    return takenUp(id, grant, reach);
  }

  /** Takes up a session that is not in memory. Reaches out only when a message is sent. */
  private Optional<Session> takenUp(String id, String grant, Reach reach) {
    Optional<StoredSession> stored =
        seal.open(id, grant, reach.server())
            .flatMap(StoredSession::read)
            .filter(session -> !isExpired(session.created().plus(LONGEST)));
    if (stored.isEmpty() || isFull()) {
      return Optional.empty();
    }
    // Whoever ends a session notes that first: what is not noted here is found and ended there.
    return Optional.ofNullable(
        open.computeIfAbsent(
            id, key -> ended.contains(key) ? null : takenUp(key, grant, reach, stored.get())));
  }

  private Session takenUp(String id, String grant, Reach reach, StoredSession stored) {
    return new Session(
        id,
        grant,
        reach.server(),
        stored.revision(),
        stored.created().plus(LONGEST),
        pauses,
        session -> ServerLine.stored(reach, stored, session::keep, session.watch()));
  }

  private boolean isExpired(Instant expires) {
    return !expires.isAfter(clock.instant());
  }

  private boolean isFull() {
    if (open.size() >= bounds.most()) {
      sweep();
    }
    return open.size() >= bounds.most();
  }

  /** Ends one for good: its id opens nothing any more, after a restart either. */
  public void end(Session session) {
    ended.add(session.id(), session.expires());
    session.close();
    Session last = open.remove(session.id());
    if (last != null && !last.equals(session)) {
      last.close();
    }
  }

  private void forget(Session session) {
    if (open.remove(session.id(), session)) {
      session.close();
    }
  }

  /** Lets go of the sessions that nobody used for long; their ids stay good. */
  public void sweep() {
    long now = System.nanoTime();
    for (Session session : open.values()) {
      if (session.letGo(now - bounds.idle().toNanos())) {
        forget(session);
      } else if (session.idleSince(now - bounds.rest().toNanos())) {
        session.rest();
      }
    }
  }

  /**
   * Lets go of the session on a server that nobody has used for longest, to free its line; its id
   * stays good. Not of one whose client listens or waits for an answer. False if there is none.
   */
  boolean makeRoom(String server) {
    long now = System.nanoTime();
    long since = now - AWAY.toNanos();
    Optional<Session> idlest =
        open.values().stream()
            .filter(session -> session.server().equals(server))
            .filter(session -> session.idleSince(since))
            .max(Comparator.comparingLong(session -> session.idleNanos(now)))
            .filter(session -> session.letGo(since));
    idlest.ifPresent(this::forget);
    return idlest.isPresent();
  }

  /** Whether a session on a server may soon be one of which {@link #makeRoom} lets go. */
  boolean mayHaveRoom(String server) {
    long now = System.nanoTime();
    return open.values().stream()
        .anyMatch(session -> session.server().equals(server) && session.idleSince(now));
  }

  /**
   * Lets go of all sessions on a server, which is no longer there or is reached in another way.
   * Their ids stay good, if there is a server of that name again.
   */
  public void forgetAll(String server) {
    open.values().stream().filter(session -> session.server().equals(server)).forEach(this::forget);
  }

  public int size() {
    return open.size();
  }

  /** Lets go of all of them; sessions that servers keep by themselves go on after a restart. */
  @Override
  public void close() {
    List<Thread> leaving = new ArrayList<>();
    for (Session session : List.copyOf(open.values())) {
      open.remove(session.id());
      leaving.add(Thread.ofVirtual().name("end of a session").start(session::leave));
    }
    long end = System.nanoTime() + FAREWELL.toNanos();
    try {
      for (Thread thread : leaving) {
        thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
