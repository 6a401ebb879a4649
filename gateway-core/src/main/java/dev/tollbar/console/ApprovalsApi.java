package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.consent.ApprovalJson;
import dev.tollbar.consent.Ruling;
import dev.tollbar.http.AdminReply;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.Deliveries;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** What people are asked, and their answers. */
final class ApprovalsApi {
  private static final int LONGEST_COMMENT = 500;
  private static final List<String> STATUSES =
      Stream.concat(
              Arrays.stream(Approval.Status.values()).map(Approval.Status::wire), Stream.of("all"))
          .toList();

  private final Approvals approvals;
  private final Deliveries deliveries;
  private final GatewayAccess gateway;
  private final InstantSource clock;

  ApprovalsApi(
      Approvals approvals, Deliveries deliveries, GatewayAccess gateway, InstantSource clock) {
    this.approvals = approvals;
    this.deliveries = deliveries;
    this.gateway = gateway;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/approvals", Permission.READ, this::list, "status", "limit", "cursor"),
        Route.get("/approvals/{id}", Permission.READ, this::show),
        Route.post("/approvals/{id}/decision", Permission.DECIDE, "decide", this::decide),
        Route.get("/dead-letters", Permission.READ, _ -> Json.ok(dead())),
        Route.post(
            "/dead-letters/{id}/redelivery", Permission.DECIDE, "redeliver", this::redeliver),
        Route.post("/dead-letters/{id}/dismissal", Permission.DECIDE, "dismiss", this::dismiss),
        Route.post("/dead-letters/dismissal", Permission.DECIDE, "dismiss", this::dismiss));
  }

  /** All of them, newest first, with what each is at this moment. */
  <T> List<T> standing(BiFunction<Approval, Approval.Status, T> seen) {
    Instant now = clock.instant();
    return approvals.list(now).stream()
        .map(approval -> seen.apply(approval, approval.status(now)))
        .toList();
  }

  /** One, as it is sent. */
  ObjectNode json(Approval approval) {
    return json(approval, clock.instant());
  }

  private AdminReply list(ApiCall call) throws ApiProblem {
    String status = call.word("status", STATUSES).orElse("all");
    Optional<String> cursor = call.parameter("cursor");
    int limit = call.limit();
    Instant now = clock.instant();
    List<Approval> wanted =
        approvals.list(now).stream()
            .filter(it -> status.equals("all") || it.status(now).wire().equals(status))
            .toList();
    List<Approval> rest = after(wanted, cursor);
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    rest.stream().limit(limit).forEach(approval -> items.add(json(approval, now)));
    if (rest.size() > limit) {
      page.put("next", rest.get(limit - 1).id());
    }
    return Json.ok(page);
  }

  /** The cursor is the id of the last one of the page before. */
  private static List<Approval> after(List<Approval> items, Optional<String> cursor)
      throws ApiProblem {
    if (cursor.isEmpty()) {
      return items;
    }
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).id().equals(cursor.get())) {
        return items.subList(i + 1, items.size());
      }
    }
    throw ApiCall.expected("cursor", "the next of a page before", cursor.get());
  }

  /** With what it differs in from the last one that was approved and made, and its messages. */
  private AdminReply show(ApiCall call) throws ApiProblem {
    Approval approval = find(call.path("id"));
    return Json.ok(
        ApprovalJson.of(
                approval,
                clock.instant(),
                approvals.lastUsed(approval),
                deliveries.of(approval.id()))
            .put("current", isCurrent(approval)));
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
    Ruling ruling = gateway.decide(id, decision.equals("approve"), call.operator().name(), comment);
    if (!ruling.taken()) {
      throw refusal(ruling);
    }
    return Json.ok(json(find(id), clock.instant()));
  }

  /** Messages that no webhook has taken. */
  private ObjectNode dead() {
    ObjectNode json = Json.object();
    ArrayNode items = json.putArray("items");
    deliveries.dead().forEach(delivery -> items.add(ApprovalJson.of(delivery)));
    return json;
  }

  private AdminReply redeliver(ApiCall call) throws ApiProblem {
    String id = call.path("id");
    if (!deliveries.redeliver(id, clock.instant())) {
      throw ApiProblem.notFound("No message about this approval was given up.");
    }
    return Json.ok(Json.object().put("approval", id).put("state", "waiting"));
  }

  private AdminReply dismiss(ApiCall call) {
    Optional<String> id = Optional.of(call.path("id")).filter(it -> !it.isEmpty());
    return Json.ok(Json.object().put("dismissed", deliveries.dismiss(id)));
  }

  private static ApiProblem refusal(Ruling ruling) {
    String code =
        switch (ruling) {
          case Ruling.AlreadyDecided(Approval _, Approval.Status status) ->
              "already_" + status.wire();
          case Ruling.Expired _ -> "expired";
          case Ruling.Used _ -> "already_used";
          case Ruling.Withdrawn _ -> "withdrawn";
          case Ruling.SamePerson _ -> "same_person";
          case Ruling.LinkUsed _ -> "link_used";
          case Ruling.Unknown _ -> "not_found";
          case Ruling.Decided _, Ruling.WaitsForOthers _ ->
              throw new IllegalArgumentException("no refusal");
        };
    return ApiProblem.of(ruling instanceof Ruling.Unknown ? 404 : 409, code, ruling.text());
  }

  private ObjectNode json(Approval approval, Instant now) {
    return ApprovalJson.of(approval, now).put("current", isCurrent(approval));
  }

  private boolean isCurrent(Approval approval) {
    return approval.revision().equals(gateway.revision());
  }
}
