package dev.tollbar.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.console.GatewayAccess.AskedCall;
import dev.tollbar.console.GatewayAccess.Explained;
import dev.tollbar.http.AdminReply;
import dev.tollbar.policy.Section;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a call that nobody made would be decided. */
final class ExplainApi {
  private static final List<String> KINDS = List.of("tool", "prompt", "resource");

  private final GatewayAccess gateway;

  ExplainApi(GatewayAccess gateway) {
    this.gateway = gateway;
  }

  List<Route> routes() {
    return List.of(Route.ask("/explanation", Permission.READ, this::explain));
  }

  private AdminReply explain(ApiCall call) throws ApiProblem {
    ObjectNode body =
        call.body(List.of("grant", "server", "tool", "prompt", "resource", "arguments", "session"));
    List<String> kinds = KINDS.stream().filter(body::has).toList();
    if (kinds.size() != 1) {
      throw ApiProblem.badRequest(
          "The body: expected one of %s; found %s."
              .formatted(
                  String.join(", ", KINDS),
                  kinds.isEmpty() ? "none of them" : String.join(" and ", kinds)));
    }
    String kind = kinds.getFirst();
    JsonNode arguments = body.path("arguments");
    if (!arguments.isMissingNode() && !arguments.isObject()) {
      throw ApiProblem.badRequest("arguments: expected a JSON object; found something else.");
    }
    return reply(
        gateway.explain(
            new AskedCall(
                text(body, "grant"),
                text(body, "server"),
                Section.valueOf(kind.toUpperCase(Locale.ROOT) + "S"),
                text(body, kind).orElse(""),
                arguments instanceof ObjectNode object ? object : Json.object(),
                text(body, "session"))));
  }

  private static Optional<String> text(ObjectNode body, String member) throws ApiProblem {
    JsonNode value = body.path(member);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw ApiProblem.badRequest(member + ": expected a text; found something else.");
    }
    return Optional.of(value.textValue());
  }

  /** An explanation, or why there is none. */
  static AdminReply reply(Explained explained) throws ApiProblem {
    ObjectNode json = (ObjectNode) Json.read(explained.json()).orElseGet(Json::object);
    if (explained.status() != 200) {
      throw ApiProblem.of(
          explained.status(),
          "not_explained",
          json.path("detail").asText("it cannot be explained"));
    }
    return Json.ok(json);
  }
}
