package dev.tollbar.pipeline;

import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.Handshake;
import dev.tollbar.legacy.Reach;
import dev.tollbar.legacy.Session;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.policy.Policy;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.HeaderParam;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.ModernRequest;
import dev.tollbar.protocol.Revision;
import dev.tollbar.upstream.Server;
import java.util.List;
import java.util.Optional;

/** Finds the way of a message: server, session, and what is decided on its method. */
final class RouteStage {
  private final Sessions sessions;
  private final ToolLookup lookup = new ToolLookup();

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
    if (ModernRequest.isClaimedBy(message, caller.arrival().headers().protocolRevision())
        || isPipedWithoutSession(caller)) {
      return alone(caller, server, policy);
    }
    if (message.kind() == Kind.REQUEST && message.method().equals("initialize")) {
      Revision asked = Handshake.offeredRevision(message);
      return new Routed(caller, server, Door.INITIALIZE, asked, Optional.empty(), policy);
    }
    Session session = session(caller.arrival(), caller.grant().name(), server);
    Door door = door(message, session);
    return new Routed(caller, server, door, session.revision(), Optional.of(session), policy);
  }

  /** Notifications need not say what they speak, and a pipe has no header that could. */
  private static boolean isPipedWithoutSession(Identified caller) {
    return caller.message().kind() == Kind.NOTIFICATION
        && caller.arrival().door() == Arrival.Door.STDIO
        && caller.arrival().headers().session().isEmpty();
  }

  /** A message without a session; what its headers repeat is checked before anything reads it. */
  private Routed alone(Identified caller, Server server, Policy policy) throws Refusal {
    Message message = caller.message();
    Optional<String> tool = message.text("name").filter(_ -> message.method().equals("tools/call"));
    check(caller, Optional.empty());
    if (tool.isPresent()) {
      // Nobody is asked for the sake of a request that is refused without it.
      lookup.learn(server, caller.grant().name(), tool.get());
      check(caller, server.catalog().headerParams(tool.get()));
    }
    Revision newest = Revision.modern().getLast();
    return new Routed(caller, server, door(message, newest), newest, Optional.empty(), policy);
  }

  private static void check(Identified caller, Optional<List<HeaderParam>> params) throws Refusal {
    Arrival arrival = caller.arrival();
    boolean http = arrival.door() == Arrival.Door.HTTP;
    Optional<ModernRequest.Problem> problem =
        ModernRequest.problem(
            caller.message(),
            arrival.headers().protocolRevision(),
            http ? Optional.of(arrival.headers().mirrored()) : Optional.empty(),
            params);
    if (problem.isPresent()) {
      ModernRequest.Problem it = problem.get();
      Refusal refusal = new Refusal(400, it.code(), it.name(), it.text());
      throw it.data().map(refusal::withData).orElse(refusal);
    }
  }

  static Server server(Arrival arrival, LiveRevision revision) throws Refusal {
    Server server = revision.servers().get(arrival.server());
    if (server == null) {
      throw new Refusal(
          404, ErrorCode.INVALID_REQUEST, "unknown_server", "There is no such server here.");
    }
    return server;
  }

  /** The session that the client names, which must be its own. */
  Session session(Arrival arrival, String grant, Server server) throws Refusal {
    Optional<String> id = arrival.headers().session();
    if (id.isEmpty()) {
      throw new Refusal(
          400,
          ErrorCode.BAD_REQUEST,
          "no_session",
          "Mcp-Session-Id is missing: begin with initialize.");
    }
    Session session =
        sessions.find(id.get(), grant, reach(server)).orElseThrow(RouteStage::unknownSession);
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

  /** Only sessions have anything to listen to, or to end. */
  static void refuseWithoutSessions(Arrival arrival) throws Refusal {
    if (isModern(arrival)) {
      throw new Refusal(
          405,
          ErrorCode.BAD_REQUEST,
          "no_sessions",
          "This protocol revision has no sessions: every request is a POST.");
    }
  }

  /** Whether the headers name a revision that has no sessions. */
  static boolean isModern(Arrival arrival) {
    return arrival
        .headers()
        .protocolRevision()
        .map(String::strip)
        .flatMap(Revision::of)
        .filter(Revision::isModern)
        .isPresent();
  }

  static Reach reach(Server server) {
    return new Reach(
        server.name(), server.digest(), server.lines()::forSession, server.lines()::resume);
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
    if (message.kind() != Kind.RESPONSE) {
      return door(message, session.revision());
    }
    if (session.isOwn(message.id().orElseThrow())) {
      return Door.LOCAL;
    }
    if (!session.answer(message.id().orElseThrow())) {
      throw new Refusal(
          400,
          ErrorCode.INVALID_REQUEST,
          "unasked_response",
          "The server has asked nothing of that id.");
    }
    return Door.RELAY;
  }

  private static Door door(Message message, Revision revision) throws Refusal {
    if (message.kind() == Kind.NOTIFICATION) {
      return Methods.door(Direction.CLIENT_NOTIFICATION, revision, message.method())
          .orElseThrow(() ->
              new Refusal(
                  202,
                  ErrorCode.METHOD_NOT_FOUND,
                  "unknown_notification",
                  "The gateway does not know this notification."));
    }
    return Methods.door(Direction.CLIENT_REQUEST, revision, message.method())
        .orElseThrow(() ->
            new Refusal(
                revision.isModern() ? 404 : 200,
                ErrorCode.METHOD_NOT_FOUND,
                "unknown_method",
                "The gateway does not know this method."));
  }
}
