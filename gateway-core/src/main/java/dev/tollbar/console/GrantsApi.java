package dev.tollbar.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.http.AdminReply;
import dev.tollbar.identity.Tokens;
import dev.tollbar.state.Grants;
import dev.tollbar.state.StoredGrant;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes and revokes stored grants. */
final class GrantsApi {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private final Grants grants;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  GrantsApi(Grants grants, InstantSource clock) {
    this.grants = grants;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.make("/grants", Permission.ADMINISTER, "grant", this::make),
        Route.post("/grants/{name}/revocation", Permission.ADMINISTER, "revoke", this::revoke));
  }

  /** The token is shown here and nowhere else. */
  private AdminReply make(ApiCall call) throws ApiProblem {
    ObjectNode body = call.body(List.of("name", "servers", "labels", "expires"));
    String name = body.path("name").asText("");
    if (!name.matches(NAME)) {
      throw ApiCall.expected(
          "name", "letters, digits, dots, dashes and underscores, 64 at most", name);
    }
    Instant now = clock.instant();
    Map<String, String> servers = texts(body, "servers");
    String token = Tokens.newToken(random);
    StoredGrant grant =
        new StoredGrant(
            name,
            Tokens.sha256Hex(token),
            servers.isEmpty() ? Map.of("default", "default") : servers,
            texts(body, "labels"),
            now,
            ApiCall.expires(body, now),
            Optional.empty());
    if (!grants.add(grant)) {
      throw ApiProblem.of(409, "name_taken", "There is a grant \"" + name + "\" already.");
    }
    return Json.ok(Json.object().put("name", name).put("token", token));
  }

  private static Map<String, String> texts(ObjectNode body, String member) throws ApiProblem {
    Map<String, String> texts = new TreeMap<>();
    JsonNode json = body.path(member);
    boolean good = json.isMissingNode() || json.isObject();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      good &= entry.getValue().isTextual();
      texts.put(entry.getKey(), entry.getValue().asText());
    }
    if (!good) {
      throw ApiProblem.badRequest(
          member + ": expected a JSON object of texts; found something else.");
    }
    return texts;
  }

  private AdminReply revoke(ApiCall call) throws ApiProblem {
    String name = call.path("name");
    if (!grants.revoke(name, clock.instant())) {
      throw ApiProblem.notFound("There is no valid stored grant of this name.");
    }
    return Json.ok(Json.object().put("name", name));
  }
}
