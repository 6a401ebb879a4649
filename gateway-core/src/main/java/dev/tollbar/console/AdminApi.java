package dev.tollbar.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.audit.AdminAction;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.RecordingException;
import dev.tollbar.http.AdminHandler;
import dev.tollbar.http.AdminReply;
import dev.tollbar.http.AdminRequest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin API: who asks, whether they may, and what they get. What changes something has a line
 * in the log before it is answered, and is refused when it cannot have one. Safe for use by many
 * threads.
 */
public final class AdminApi implements AdminHandler {
  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
  private static final String BASE = "/api/v1";

  /** Of what can be made. */
  private static final int LONGEST_NAME = 64;

  /** Of IPv6 with a zone. */
  private static final int LONGEST_ADDRESS = 64;

  private final Logins logins;
  private final DecisionLog log;
  private final InstantSource clock;
  private final List<Route> routes;
  private final SameSite sameSite = new SameSite();

  AdminApi(Logins logins, DecisionLog log, InstantSource clock, List<Route> routes) {
    this.logins = logins;
    this.log = log;
    this.clock = clock;
    this.routes = List.copyOf(routes);
  }

  @Override
  public AdminReply handle(AdminRequest request) {
    try {
      return answer(request);
    } catch (ApiProblem problem) {
      return problem.reply();
    } catch (StoreUnavailableException e) {
      LOG.warn("admin API: {}", e.getMessage());
      return ApiProblem.of(503, "store_unavailable", "The store cannot be used: " + e.getMessage())
          .reply();
    } catch (RuntimeException | LinkageError e) { // plugins are strangers
      LOG.error("admin API: {} {}", request.method(), request.path(), e);
      return ApiProblem.of(500, "failed", "This failed unexpectedly; the gateway's log says more.")
          .reply();
    }
  }

  private AdminReply answer(AdminRequest request) throws ApiProblem {
    if (!request.path().startsWith(BASE + "/")) {
      throw ApiProblem.notFound("There is nothing here. The admin API is at " + BASE + ".");
    }
    String path = request.path().substring(BASE.length());
    if (path.equals("/login")) {
      return login(request);
    }
    Operator operator = authenticate(request);
    if (operator.session().isPresent() && !isRead(request)) {
      sameSite.check(request);
    }
    if (path.equals("/logout")) {
      return logout(request, operator);
    }
    Map<String, Route> found = new HashMap<>();
    for (Route route : routes) {
      if (route.match(path).isPresent()) {
        found.put(route.method(), route);
      }
    }
    if (found.isEmpty()) {
      throw ApiProblem.notFound("The admin API has no " + BASE + path + ".");
    }
    Route route = found.get(request.method());
    if (route == null) {
      throw methodNotAllowed(String.join(", ", new TreeSet<>(found.keySet())));
    }
    ApiCall call = new ApiCall(request, operator, route.match(path).orElseThrow());
    checkRole(route, call);
    checkParameters(route, request);
    return route.action().isPresent()
        ? recorded(route.action().get(), route, call)
        : route.endpoint().answer(call);
  }

  private static boolean isRead(AdminRequest request) {
    return request.method().equals("GET") || request.method().equals("HEAD");
  }

  private static ApiProblem methodNotAllowed(String allowed) {
    return ApiProblem.of(405, "method_not_allowed", "Expected " + allowed + ".")
        .with("Allow", allowed);
  }

  private Operator authenticate(AdminRequest request) throws ApiProblem {
    Optional<String> authorization = request.header("authorization");
    try {
      if (authorization.isPresent()) {
        return logins.bearer(authorization.get(), address(request));
      }
      Optional<String> session = SessionCookie.read(request);
      if (session.isPresent()) {
        return logins.session(session.get());
      }
    } catch (ApiProblem problem) {
      if (authorization.isPresent()) {
        stranger("authenticate", problem);
      }
      throw problem;
    }
    throw ApiProblem.of(401, "no_token", "Log in, or send Authorization: Bearer TOKEN.")
        .with("WWW-Authenticate", "Bearer realm=\"tollbar\"");
  }

  /** Only this machine reaches the port: a proxy on it says who is behind it. */
  private static String address(AdminRequest request) {
    String forwarded = request.header("x-forwarded-for").orElse("");
    String last = forwarded.substring(forwarded.lastIndexOf(',') + 1).strip();
    return last.isEmpty() || last.length() > LONGEST_ADDRESS ? request.address() : last;
  }

  private AdminReply login(AdminRequest request) throws ApiProblem {
    if (!request.method().equals("POST")) {
      throw methodNotAllowed("POST");
    }
    sameSite.check(request);
    try (DecisionLog.Slot slot = claim()) {
      Operator operator = admitted(request);
      slot.writeThrough(
          action(operator, "login", Optional.empty(), AdminAction.Result.DONE, "", 200));
      return Json.reply(
          200,
          "application/json",
          Me.json(operator),
          Map.of("Set-Cookie", SessionCookie.set(request, operator.session().orElseThrow())));
    }
  }

  private Operator admitted(AdminRequest request) throws ApiProblem {
    try {
      ObjectNode body =
          new ApiCall(request, new Operator("", Role.VIEWER, Optional.empty()), Map.of())
              .body(List.of("token"));
      return logins.login(body.path("token").asText(""), address(request));
    } catch (ApiProblem problem) {
      if (problem.status() != 400) {
        stranger("login", problem);
      }
      throw problem;
    }
  }

  private AdminReply logout(AdminRequest request, Operator operator) throws ApiProblem {
    if (!request.method().equals("POST")) {
      throw methodNotAllowed("POST");
    }
    operator.session().ifPresent(logins::logout);
    // It ends, whether that can be recorded or not.
    log.refused(action(operator, "logout", Optional.empty(), AdminAction.Result.DONE, "", 204));
    return new AdminReply.Whole(
        204, Map.of("Set-Cookie", SessionCookie.clear(request)), new byte[0]);
  }

  private void checkRole(Route route, ApiCall call) throws ApiProblem {
    Operator operator = call.operator();
    if (operator.role().may(route.permission())) {
      return;
    }
    ApiProblem problem =
        ApiProblem.of(
            403,
            "wrong_role",
            "The role %s may not %s; that takes %s."
                .formatted(
                    operator.role().wire(),
                    route.permission().words(),
                    String.join(" or ", Role.with(route.permission()))));
    log.refused(
        action(
            operator,
            route.action().orElse("read"),
            target(route, call),
            AdminAction.Result.REFUSED,
            problem.detail(),
            problem.status()));
    throw problem;
  }

  private static void checkParameters(Route route, AdminRequest request) throws ApiProblem {
    TreeSet<String> unknown = new TreeSet<>(request.query().keySet());
    route.parameters().forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw ApiProblem.badRequest(
          "Expected "
              + (route.parameters().isEmpty()
                  ? "no parameters"
                  : "the parameters " + String.join(", ", route.parameters()))
              + "; found "
              + String.join(", ", unknown)
              + ".");
    }
  }

  /** Keeps a place for the line first, and answers when it is written. */
  private AdminReply recorded(String action, Route route, ApiCall call) throws ApiProblem {
    Operator operator = call.operator();
    try (DecisionLog.Slot slot = claim()) {
      try {
        AdminReply reply = route.endpoint().answer(call);
        int status = reply instanceof AdminReply.Whole whole ? whole.status() : 200;
        slot.writeThrough(
            action(
                operator,
                action,
                target(route, call),
                AdminAction.Result.DONE,
                note(route, call),
                status));
        return reply;
      } catch (ApiProblem problem) {
        slot.writeThrough(
            action(
                operator,
                action,
                target(route, call),
                AdminAction.Result.REFUSED,
                problem.detail(),
                problem.status()));
        throw problem;
      } catch (RuntimeException | LinkageError e) {
        boolean store = e instanceof StoreUnavailableException;
        slot.writeThrough(
            action(
                operator,
                action,
                target(route, call),
                AdminAction.Result.FAILED,
                store ? String.valueOf(e.getMessage()) : "it failed unexpectedly",
                store ? 503 : 500));
        throw e;
      }
    }
  }

  private DecisionLog.Slot claim() throws ApiProblem {
    try {
      return log.claim();
    } catch (RecordingException e) {
      throw ApiProblem.of(
          503, "not_recorded", "This cannot be recorded, so it is not done: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiProblem.of(503, "stopping", "The gateway is stopping.");
    }
  }

  private void stranger(String action, ApiProblem problem) {
    log.refused(
        new AdminAction(
            clock.instant(),
            "(unknown)",
            Optional.empty(),
            action,
            Optional.empty(),
            AdminAction.Result.REFUSED,
            Optional.of(problem.detail()),
            OptionalInt.of(problem.status())));
  }

  /** What was decided, and why, as the body says it; the target is said beside. */
  private static String note(Route route, ApiCall call) {
    Optional<JsonNode> body = Json.read(call.request().body());
    if (route.makes() && body.orElse(null) instanceof ObjectNode object) {
      object.remove("name");
    }
    return body.filter(said -> !said.isObject() || !said.isEmpty())
        .map(Object::toString)
        .orElse("");
  }

  private static Optional<String> target(Route route, ApiCall call) {
    return route.makes()
        ? Json.read(call.request().body())
            .map(body -> body.path("name").asText(""))
            .filter(name -> !name.isEmpty() && name.length() <= LONGEST_NAME)
        : call.path().values().stream().findFirst();
  }

  private AdminAction action(
      Operator operator,
      String action,
      Optional<String> target,
      AdminAction.Result result,
      String detail,
      int status) {
    return new AdminAction(
        clock.instant(),
        operator.name(),
        Optional.of(operator.role().wire()),
        action,
        target,
        result,
        Optional.of(detail).filter(text -> !text.isEmpty()),
        OptionalInt.of(status));
  }
}
