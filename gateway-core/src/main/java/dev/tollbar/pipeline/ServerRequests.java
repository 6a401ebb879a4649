package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What servers say to clients: requests only as the policy permits, and nothing that is not MCP.
 */
final class ServerRequests {
  private static final Logger LOG = LoggerFactory.getLogger(ServerRequests.class);

  /**
   * Whether the client gets this event. A request that may not pass is answered to the server, so
   * that it does not wait.
   *
   * @param policy of the grant on this server
   */
  boolean mayPass(Event event, Session session, Policy policy) throws InterruptedException {
    if (event.data().length == 0) {
      return true;
    }
    Optional<ServerMessage> read = ServerMessage.read(event.data());
    if (read.isEmpty()) {
      LOG.warn("{} sent an event that is no JSON-RPC message; dropped", session.server());
      return false;
    }
    ServerMessage message = read.get();
    return switch (message.kind()) {
      case NOTIFICATION -> true;
      // A resumed stream may bring the answer of a call whose own stream broke off; no other one.
      case RESPONSE -> message.id().map(session::answeredLate).orElse(false);
      case REQUEST -> request(message, session, policy);
    };
  }

  /**
   * Whether an event may pass on the stream of a request that stands alone: notifications only, and
   * what one of them asks of the client ({@code inputRequests}, as in those of tasks) as the policy
   * permits.
   */
  boolean mayPass(Event event, String server, Policy policy) {
    if (event.data().length == 0) {
      return true;
    }
    boolean passes =
        ServerMessage.read(event.data())
            .filter(message -> message.kind() == Kind.NOTIFICATION)
            .filter(_ -> permitsAll(policy) || asksNothingElse(event.data(), policy))
            .isPresent();
    if (!passes) {
      LOG.warn("{} sent an event that may not pass on the stream of a request; dropped", server);
    }
    return passes;
  }

  private static boolean permitsAll(Policy policy) {
    return Arrays.stream(ServerRequest.values()).allMatch(policy::permits);
  }

  private static boolean asksNothingElse(byte[] notification, Policy policy) {
    try {
      JsonNode asked = StrictParser.parseServer(notification).params().path("inputRequests");
      return asked.valueStream().allMatch(request -> mayAsk(request, policy));
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  /** Whether a server may ask the client for this inside of a result. */
  static boolean mayAsk(JsonNode request, Policy policy) {
    String method = request.path("method").asText("");
    return Methods.door(Direction.INPUT_REQUEST, Revision.modern().getLast(), method)
        .filter(door -> isPermitted(door, policy))
        .isPresent();
  }

  private static boolean request(ServerMessage message, Session session, Policy policy)
      throws InterruptedException {
    MessageId id = message.id().orElseThrow();
    Optional<Door> door =
        Methods.door(Direction.SERVER_REQUEST, session.revision(), message.method());
    if (door.isEmpty()) {
      refuse(session, id, ErrorCode.METHOD_NOT_FOUND, "The gateway does not know this method.");
      return false;
    }
    if (policy.shadow() && kind(door.get()).filter(policy::refuses).isPresent()) {
      LOG.info(
          "{} sends {}: would be refused by policy {}, which is in shadow",
          session.server(),
          message.method(),
          policy.name());
    }
    if (!isPermitted(door.get(), policy)) {
      LOG.info("{} may not send {}: refused by policy", session.server(), message.method());
      String why = "The gateway's policy does not permit " + message.method() + ".";
      refuse(session, id, ErrorCode.POLICY_DENIED, "[POLICY DENIED] " + why);
      return false;
    }
    return session.ask(id);
  }

  /** Whether a server may ask the client for this. */
  static boolean isPermitted(Door door, Policy policy) {
    return kind(door).map(policy::permits).orElse(true);
  }

  /** What policies call it; empty for what they do not speak of. */
  private static Optional<ServerRequest> kind(Door door) {
    return switch (door) {
      case SAMPLING -> Optional.of(ServerRequest.SAMPLING);
      case ELICITATION -> Optional.of(ServerRequest.ELICITATION);
      case ROOTS -> Optional.of(ServerRequest.ROOTS);
      default -> Optional.empty();
    };
  }

  private static void refuse(Session session, MessageId id, int code, String why)
      throws InterruptedException {
    try {
      session
          .upstream()
          .send(
              new UpstreamMessage(
                  Errors.reply(Optional.of(id), code, why),
                  Kind.RESPONSE,
                  "",
                  Optional.of(id),
                  Optional.empty(),
                  Optional.of(session.revision().text())))
          .close();
    } catch (UpstreamException e) {
      LOG.debug("the refusal did not reach the server: {}", e.getMessage());
    }
  }
}
