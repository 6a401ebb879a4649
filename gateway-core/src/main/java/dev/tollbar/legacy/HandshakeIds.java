package dev.tollbar.legacy;

import dev.tollbar.api.MessageId;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Ids of sessions that are begun anew with their servers when they are taken up: such an id carries
 * how its client introduced itself, and nothing of any server. Safe for use by many threads.
 */
public final class HandshakeIds {
  private static final String KIND = "handshake";

  /** In place of how a server is reached. */
  private static final byte[] NO_SERVER = new byte[8];

  private final SessionSeal seal;
  private final EndedSessions ended;
  private final InstantSource clock;

  public HandshakeIds(SessionSeal seal, EndedSessions ended, InstantSource clock) {
    this.seal = seal;
    this.ended = ended;
    this.clock = clock;
  }

  /**
   * How a session began.
   *
   * @param initialize as the client would send it again
   */
  public record Begun(Revision revision, Message initialize) {}

  /** A new id, bound to the grant. */
  public String seal(Message initialize, Revision revision, String grant) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    StoredSession stored =
        new StoredSession(now, revision, NO_SERVER, Optional.empty(), Hello.of(initialize));
    return seal.seal(stored.bytes(), grant, KIND);
  }

  /** How the session of that id began; empty if it is no id of this grant, has expired or ended. */
  public Optional<Begun> open(String id, String grant) {
    return seal.open(id, grant, KIND)
        .flatMap(StoredSession::read)
        .filter(it -> it.created().plus(Sessions.LONGEST).isAfter(clock.instant()))
        .filter(_ -> !ended.contains(id))
        .flatMap(it -> it.hello().map(hello -> begun(hello, it.revision())));
  }

  private static Begun begun(Hello hello, Revision revision) {
    try {
      byte[] initialize = hello.request(MessageId.text("tollbar-again"), revision);
      return new Begun(revision, StrictParser.parse(initialize));
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("an introduction that was read before cannot be read", e);
    }
  }

  /** The session of that id is over, after a restart too. */
  public void end(String id) {
    ended.add(id, clock.instant().plus(Sessions.LONGEST));
  }
}
