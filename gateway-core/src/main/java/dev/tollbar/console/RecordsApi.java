package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionPages;
import dev.tollbar.audit.DecisionReader.Entry;
import dev.tollbar.http.AdminReply;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Decision records, newest first; why they are as they are; and what operators did. */
final class RecordsApi {
  /** How many lines are looked at for one page. */
  private static final int MOST_LINES = 50_000;

  private static final List<String> MEMBERS =
      List.of("grant", "server", "tool", "method", "code", "policy", "revision");

  private final DecisionPages pages;
  private final GatewayAccess gateway;

  RecordsApi(DecisionPages pages, GatewayAccess gateway) {
    this.pages = pages;
    this.gateway = gateway;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/records",
            Permission.READ,
            this::list,
            "decision",
            "grant",
            "server",
            "tool",
            "method",
            "code",
            "policy",
            "revision",
            "approval",
            "since",
            "until",
            "limit",
            "cursor"),
        Route.get("/records/{seq}", Permission.READ, this::show),
        Route.ask("/records/{seq}/explanation", Permission.READ, this::explain),
        Route.get("/audit", Permission.ADMINISTER, this::audit, "limit", "cursor"));
  }

  private AdminReply list(ApiCall call) throws ApiProblem {
    List<Predicate<Entry>> filters = new ArrayList<>();
    filters.add(entry -> entry.json().has("decision"));
    call.word("decision", List.of("permit", "deny"))
        .ifPresent(wanted -> filters.add(is("decision", wanted)));
    for (String member : MEMBERS) {
      call.parameter(member).ifPresent(wanted -> filters.add(is(member, wanted)));
    }
    call.parameter("approval")
        .ifPresent(wanted ->
            filters.add(entry -> {
              for (var id : entry.json().path("approvals")) {
                if (id.asText().equals(wanted)) {
                  return true;
                }
              }
              return false;
            }));
    call.time("since").ifPresent(since -> filters.add(entry -> !entry.time().isBefore(since)));
    Optional<Instant> until = call.time("until");
    until.ifPresent(end -> filters.add(entry -> entry.time().isBefore(end)));
    return page(call, entry -> filters.stream().allMatch(filter -> filter.test(entry)));
  }

  private AdminReply audit(ApiCall call) throws ApiProblem {
    return page(call, is("event", "admin"));
  }

  private AdminReply page(ApiCall call, Predicate<Entry> wanted) throws ApiProblem {
    long before = call.number("cursor", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
    int limit = call.limit();
    try {
      DecisionPages.Page found = pages.before(before, limit, MOST_LINES, wanted);
      ObjectNode page = Json.object();
      ArrayNode items = page.putArray("items");
      found.entries().forEach(entry -> items.add(entry.json()));
      found.next().ifPresent(next -> page.put("next", Long.toString(next)));
      return Json.ok(page);
    } catch (IOException e) {
      throw unreadable();
    }
  }

  private AdminReply show(ApiCall call) throws ApiProblem {
    return Json.ok(find(call).json());
  }

  private Entry find(ApiCall call) throws ApiProblem {
    String text = call.path("seq");
    if (!text.matches("[1-9]\\d{0,17}")) {
      throw ApiCall.expected("The record", "its seq, a whole number", text);
    }
    try {
      return pages
          .find(Long.parseLong(text))
          .filter(entry -> entry.json().has("decision"))
          .orElseThrow(() -> ApiProblem.notFound("There is no record with the seq " + text + "."));
    } catch (IOException e) {
      throw unreadable();
    }
  }

  /** By the revision in force, with counters as they are now. */
  private AdminReply explain(ApiCall call) throws ApiProblem {
    long seq = DecisionPages.seq(find(call));
    ObjectNode question = Json.object().put("record", seq);
    if (call.request().body().length > 0) {
      ObjectNode body = call.body(List.of("arguments"));
      if (body.has("arguments") && !body.path("arguments").isObject()) {
        throw ApiProblem.badRequest("arguments: expected a JSON object; found something else.");
      }
      question.setAll(body);
    }
    return ExplainApi.reply(
        gateway.explain(question.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  private static Predicate<Entry> is(String member, String wanted) {
    return entry -> entry.text(member).filter(wanted::equals).isPresent();
  }

  private static ApiProblem unreadable() {
    return ApiProblem.of(503, "records_unreadable", "The decision records cannot be read.");
  }

  /** Lines that came after a number, for those who follow. */
  List<Map.Entry<Long, ObjectNode>> after(long seq, int most) throws IOException {
    return pages.after(seq, most).stream()
        .map(entry -> Map.entry(DecisionPages.seq(entry), entry.json()))
        .toList();
  }

  long newest() throws IOException {
    return pages.newest();
  }
}
