package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.http.AdminReply;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What people are asked, and their answers. */
final class ApprovalsApi {
  private static final int LONGEST_COMMENT = 500;
  private static final List<String> STATUSES =
      Stream.concat(
              Arrays.stream(Approval.Status.values()).map(ApprovalsApi::wire), Stream.of("all"))
          .toList();

  private final Approvals approvals;
  private final GatewayAccess gateway;
  private final InstantSource clock;

  ApprovalsApi(Approvals approvals, GatewayAccess gateway, InstantSource clock) {
    this.approvals = approvals;
    this.gateway = gateway;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/approvals", Permission.READ, this::list, "status", "limit", "cursor"),
        Route.get("/approvals/{id}", Permission.READ, this::show),
        Route.post("/approvals/{id}/decision", Permission.DECIDE, "decide", this::decide));
  }

  /** All of them, newest first, each as it is sent. */
  List<ObjectNode> all() {
    Instant now = clock.instant();
    return approvals.list(now).stream().map(approval -> json(approval, now)).toList();
  }

  private AdminReply list(ApiCall call) throws ApiProblem {
    String status = call.word("status", STATUSES).orElse("all");
    Optional<String> cursor = call.parameter("cursor");
    int limit = call.limit();
    List<ObjectNode> wanted =
        all().stream()
            .filter(it -> status.equals("all") || it.path("status").asText().equals(status))
            .toList();
    List<ObjectNode> rest = after(wanted, cursor);
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    rest.stream().limit(limit).forEach(items::add);
    if (rest.size() > limit) {
      page.put("next", rest.get(limit - 1).path("id").asText());
    }
    return Json.ok(page);
  }

  /** The cursor is the id of the last one of the page before. */
  private static List<ObjectNode> after(List<ObjectNode> items, Optional<String> cursor)
      throws ApiProblem {
    if (cursor.isEmpty()) {
      return items;
    }
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).path("id").asText().equals(cursor.get())) {
        return items.subList(i + 1, items.size());
      }
    }
    throw ApiCall.expected("cursor", "the next of a page before", cursor.get());
  }

  private AdminReply show(ApiCall call) throws ApiProblem {
    return Json.ok(json(find(call.path("id")), clock.instant()));
  }

  private Approval find(String id) throws ApiProblem {
    return approvals.find(id).orElseThrow(() -> ApiProblem.notFound("There is no such approval."));
  }

  private AdminReply decide(ApiCall call) throws ApiProblem {
    ObjectNode body = call.body(List.of("decision", "comment"));
    String decision = body.path("decision").asText("");
    if (!decision.equals("approve") && !decision.equals("deny")) {
      throw ApiCall.expected("decision", "approve or deny", decision);
    }
    String comment = body.path("comment").asText("");
    if (!(body.path("comment") instanceof TextNode) && body.has("comment")) {
      throw ApiProblem.badRequest("comment: expected a text; found something else.");
    }
    if (comment.length() > LONGEST_COMMENT) {
      throw ApiProblem.badRequest(
          "comment: expected at most %d characters; found %d."
              .formatted(LONGEST_COMMENT, comment.length()));
    }
    String id = call.path("id");
    Approval before = find(id);
    Approvals.Decided decided =
        gateway.decide(id, decision.equals("approve"), call.operator().name(), comment);
    if (decided == Approvals.Decided.RECORDED) {
      return Json.ok(json(find(id), clock.instant()));
    }
    throw refusal(decided, before);
  }

  private static ApiProblem refusal(Approvals.Decided decided, Approval approval) {
    String code = decided.name().toLowerCase(Locale.ROOT);
    return switch (decided) {
      case UNKNOWN -> ApiProblem.notFound("There is no such approval.");
      case EXPIRED ->
          ApiProblem.of(
              409, code, "It is too late: the time to decide ended at " + approval.expires() + ".");
      case SAME_PERSON ->
          ApiProblem.of(409, code, "You have approved this already; another person has to.");
      case ALREADY_USED -> ApiProblem.of(409, code, "The call was made already.");
      case ALREADY_DENIED -> ApiProblem.of(409, code, "Somebody has denied it already.");
      case ALREADY_APPROVED -> ApiProblem.of(409, code, "It is approved already.");
      case RECORDED -> throw new IllegalArgumentException("no refusal");
    };
  }

  private ObjectNode json(Approval approval, Instant now) {
    ObjectNode json = Json.object();
    json.put("id", approval.id());
    json.put("status", wire(approval.status(now)));
    json.put("grant", approval.grant());
    json.put("server", approval.server());
    json.put("tool", approval.tool());
    json.set("arguments", Json.read(approval.arguments()).orElseGet(Json::object));
    json.put("rule", approval.rule());
    json.put("reason", approval.reason());
    Json.put(json, "webhook", approval.webhook());
    json.put("revision", approval.revision());
    json.put("current", approval.revision().equals(gateway.revision()));
    json.put("approvers", approval.approvers());
    json.put("created", approval.created().toString());
    json.put("expires", approval.expires().toString());
    Json.put(json, "used", approval.used());
    ArrayNode answers = json.putArray("answers");
    for (Approval.Answer answer : approval.answers()) {
      answers
          .addObject()
          .put("approve", answer.approve())
          .put("by", answer.by())
          .put("comment", answer.comment())
          .put("at", answer.at().toString());
    }
    return json;
  }

  private static String wire(Approval.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }
}
