package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.consent.ApprovalJson;
import dev.tollbar.consent.Ruling;
import dev.tollbar.http.AdminReply;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What people are asked, and their answers. */
final class ApprovalsApi {
  private static final int LONGEST_COMMENT = 500;
  private static final List<String> STATUSES =
      Stream.concat(
              Arrays.stream(Approval.Status.values()).map(Approval.Status::wire), Stream.of("all"))
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
    Ruling ruling = gateway.decide(id, decision.equals("approve"), call.operator().name(), comment);
    if (!ruling.taken()) {
      throw refusal(ruling);
    }
    return Json.ok(json(find(id), clock.instant()));
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
    return ApprovalJson.of(approval, now)
        .put("current", approval.revision().equals(gateway.revision()));
  }
}
