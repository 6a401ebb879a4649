package dev.tollbar.pipeline;

import dev.tollbar.api.MessageId;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.Policy;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import dev.tollbar.upstream.Server;
import java.util.Optional;

/**
 * A message that has a way to its server.
 *
 * @param door what is decided on it
 * @param session empty for {@code initialize}, and for messages that stand alone
 * @param policy of the grant on this server; {@link Policy#none()} if it has none
 */
record Routed(
    Identified caller,
    Server server,
    Door door,
    Revision protocolRevision,
    Optional<Session> session,
    Policy policy) {

  Message message() {
    return caller.message();
  }

  /** The same with another message of the same kind. */
  Routed with(Message other) {
    return new Routed(caller.with(other), server, door, protocolRevision, session, policy);
  }

  Arrival arrival() {
    return caller.arrival();
  }

  /** The id of a request; requests only. */
  MessageId id() {
    return message().id().orElseThrow();
  }
}
