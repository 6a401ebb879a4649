package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.console.GatewayAccess.KnownDocument;
import dev.tollbar.document.Problem;
import dev.tollbar.history.Comparison;
import dev.tollbar.history.ComparisonText;
import dev.tollbar.http.AdminReply;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.Revisions;
import dev.tollbar.state.StoredPlugin;
import dev.tollbar.state.StoredRevision;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The document, its revisions, and the way back. */
final class DocumentApi {
  private final GatewayAccess gateway;
  private final Revisions revisions;

  DocumentApi(GatewayAccess gateway, Revisions revisions) {
    this.gateway = gateway;
    this.revisions = revisions;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/document", Permission.READ, _ -> Json.ok(document())),
        Route.get("/revisions", Permission.READ, this::list, "limit", "cursor"),
        Route.get("/revisions/{id}", Permission.READ, this::show),
        Route.get("/diff", Permission.READ, this::diff, "from", "to"),
        Route.post(
            "/revisions/{id}/rollback", Permission.CHANGE_POLICY, "rollback", this::rollBack));
  }

  private ObjectNode document() {
    KnownDocument document = gateway.document();
    ObjectNode json = Json.object();
    json.put("name", document.name());
    json.put("revision", document.revision());
    json.put("text", document.text());
    texts(json.putObject("files"), document.files());
    Json.put(json, "edited", document.edited());
    document.editedBytes().ifPresent(bytes -> json.put("edited_bytes", bytes));
    document.changed().forEach(json.putArray("changed")::add);
    ArrayNode problems = json.putArray("problems");
    for (Problem problem : document.problems()) {
      ObjectNode item = problems.addObject();
      item.put("file", problem.file());
      if (problem.line() > 0) {
        item.put("line", problem.line()).put("column", problem.column());
      }
      item.put("pointer", problem.pointer());
      item.put("message", problem.message());
    }
    return json;
  }

  private static void texts(ObjectNode json, Map<String, String> texts) {
    texts.forEach(json::put);
  }

  private AdminReply list(ApiCall call) throws ApiProblem {
    int limit = call.limit();
    Optional<Long> before = call.number("cursor", 1, Long.MAX_VALUE);
    List<Revisions.InForce> rest =
        revisions.history().stream()
            .filter(entry -> before.map(number -> entry.number() < number).orElse(true))
            .toList();
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    for (Revisions.InForce entry : rest.stream().limit(limit).toList()) {
      ObjectNode item = items.addObject();
      item.put("number", entry.number());
      item.put("revision", entry.revision());
      item.put("at", entry.at().toString());
      item.put("how", entry.how().name().toLowerCase(Locale.ROOT));
      item.put("file", entry.file());
      entry.plugins().ifPresent(set -> plugins(item.putArray("plugins"), set));
    }
    if (rest.size() > limit) {
      page.put("next", Long.toString(rest.get(limit - 1).number()));
    }
    return Json.ok(page);
  }

  private static void plugins(ArrayNode items, PluginSet set) {
    for (StoredPlugin plugin : set.plugins().values()) {
      ObjectNode item = items.addObject();
      item.put("name", plugin.name());
      item.put("version", plugin.version());
      item.put("sha256", plugin.sha256());
    }
  }

  private AdminReply show(ApiCall call) throws ApiProblem {
    StoredRevision revision = gateway.kept(call.path("id"));
    ObjectNode json = Json.object();
    json.put("revision", revision.id());
    json.put("file", revision.file());
    json.put("text", revision.text());
    texts(json.putObject("files"), revision.files());
    return Json.ok(json);
  }

  private AdminReply diff(ApiCall call) throws ApiProblem {
    StoredRevision from = gateway.kept(call.parameter("from").orElse("previous"));
    StoredRevision to = gateway.kept(call.parameter("to").orElse("current"));
    Comparison comparison = gateway.compare(from, to);
    ObjectNode json = ComparisonText.json(from.id(), to.id(), comparison);
    json.put("words", ComparisonText.words(comparison));
    return Json.ok(json);
  }

  private AdminReply rollBack(ApiCall call) throws ApiProblem {
    boolean force = false;
    if (call.request().body().length > 0) {
      ObjectNode body = call.body(List.of("force"));
      if (body.has("force") && !body.path("force").isBoolean()) {
        throw ApiProblem.badRequest("force: expected true or false; found something else.");
      }
      force = body.path("force").asBoolean(false);
    }
    StoredRevision target = gateway.kept(call.path("id"));
    boolean inForce = gateway.rollBack(target, force);
    return Json.ok(Json.object().put("revision", target.id()).put("in_force", inForce));
  }
}
