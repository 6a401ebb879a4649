package dev.tollbar.pipeline;

import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.Handshake;
import dev.tollbar.legacy.Session;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.policy.Policy;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.Revision;
import dev.tollbar.upstream.Server;
import java.util.Optional;

/** Finds the way of a message: server, session, and what is decided on its method. */
final class RouteStage {
  private final Sessions sessions;

  RouteStage(Sessions sessions) {
    this.sessions = sessions;
  }

  Routed route(Identified caller, LiveRevision revision) throws Refusal {
    Server server = server(caller.arrival(), revision);
    Policy policy =
        Optional.ofNullable(caller.grant().servers().get(server.name()))
            .flatMap(revision::policy)
            .orElseGet(Policy::none);
    Message message = caller.message();
    if (message.kind() == Kind.REQUEST && message.method().equals("initialize")) {
      Revision asked = Handshake.offeredRevision(message);
      return new Routed(caller, server, Door.INITIALIZE, asked, Optional.empty(), policy);
    }
    Session session = session(caller.arrival(), caller.grant().name(), server.name());
    Door door = door(message, session);
    return new Routed(caller, server, door, session.revision(), Optional.of(session), policy);
  }

  private static Server server(Arrival arrival, LiveRevision revision) throws Refusal {
    Server server = revision.servers().get(arrival.server());
    if (server == null) {
      throw new Refusal(
          404, ErrorCode.INVALID_REQUEST, "unknown_server", "There is no such server here.");
    }
    return server;
  }

  /** The session that the client names, which must be its own. */
  Session session(Arrival arrival, String grant, String server) throws Refusal {
    Optional<String> id = arrival.headers().session();
    if (id.isEmpty()) {
      throw new Refusal(
          400,
          ErrorCode.BAD_REQUEST,
          "no_session",
          "Mcp-Session-Id is missing: begin with initialize.");
    }
    Session session =
        sessions.find(id.get(), grant, server).orElseThrow(RouteStage::unknownSession);
    Optional<String> claimed = arrival.headers().protocolRevision();
    if (claimed.isPresent() && Revision.of(claimed.get()).filter(Revision::isServed).isEmpty()) {
      throw new Refusal(
          400,
          ErrorCode.BAD_REQUEST,
          "protocol_revision",
          "MCP-Protocol-Version names a revision that is not served here.");
    }
    return session;
  }

  /** The server has forgotten the session. */
  void end(Session session) {
    sessions.end(session);
  }

  static Refusal unknownSession() {
    return new Refusal(
        404,
        ErrorCode.SESSION_NOT_FOUND,
        "unknown_session",
        "Session not found: begin anew with initialize.");
  }

  private static Door door(Message message, Session session) throws Refusal {
    return switch (message.kind()) {
      case RESPONSE -> {
        if (!session.answer(message.id().orElseThrow())) {
          throw new Refusal(
              400,
              ErrorCode.INVALID_REQUEST,
              "unasked_response",
              "The server has asked nothing of that id.");
        }
        yield Door.RELAY;
      }
      case REQUEST ->
          Methods.door(Direction.CLIENT_REQUEST, session.revision(), message.method())
              .orElseThrow(() ->
                  new Refusal(
                      200,
                      ErrorCode.METHOD_NOT_FOUND,
                      "unknown_method",
                      "The gateway does not know this method."));
      case NOTIFICATION ->
          Methods.door(Direction.CLIENT_NOTIFICATION, session.revision(), message.method())
              .orElseThrow(() ->
                  new Refusal(
                      202,
                      ErrorCode.METHOD_NOT_FOUND,
                      "unknown_notification",
                      "The gateway does not know this notification."));
    };
  }
}
