package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.http.AdminReply;
import dev.tollbar.identity.Tokens;
import dev.tollbar.policy.Wording;
import dev.tollbar.state.AdminTokens;
import dev.tollbar.state.StoredAdminToken;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Lists, makes and revokes admin tokens. */
final class AdminTokensApi {
  private final AdminTokens tokens;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  AdminTokensApi(AdminTokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/admin-tokens", Permission.ADMINISTER, this::list, "limit", "cursor"),
        Route.make("/admin-tokens", Permission.ADMINISTER, "admin_token", this::make),
        Route.post(
            "/admin-tokens/{name}/revocation",
            Permission.ADMINISTER,
            "revoke_admin_token",
            this::revoke));
  }

  /** By name. */
  private AdminReply list(ApiCall call) throws ApiProblem {
    int limit = call.limit();
    List<StoredAdminToken> rest = after(tokens.list(), call.parameter("cursor"));
    Instant now = clock.instant();
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    for (StoredAdminToken token : rest.stream().limit(limit).toList()) {
      ObjectNode item = items.addObject();
      item.put("name", token.name());
      item.put("role", token.role());
      item.put("valid", token.valid(now));
      item.put("created", token.created().toString());
      Json.put(item, "expires", token.expires());
      Json.put(item, "revoked", token.revoked());
    }
    if (rest.size() > limit) {
      page.put("next", rest.get(limit - 1).name());
    }
    return Json.ok(page);
  }

  /** The cursor is the name of the last one of the page before: names stay, and are in order. */
  private static List<StoredAdminToken> after(
      List<StoredAdminToken> tokens, Optional<String> cursor) throws ApiProblem {
    if (cursor.isEmpty()) {
      return tokens;
    }
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).name().equals(cursor.get())) {
        return tokens.subList(i + 1, tokens.size());
      }
    }
    throw ApiCall.expected("cursor", "the next of a page before", cursor.get());
  }

  /** The token is shown here and nowhere else. */
  private AdminReply make(ApiCall call) throws ApiProblem {
    ObjectNode body = call.body(List.of("name", "role", "expires"));
    String name = body.path("name").asText("");
    if (!StoredAdminToken.isName(name)) {
      throw ApiCall.expected(
          "name", "letters, digits, dots, dashes, underscores and @, 64 at most", name);
    }
    String wire = body.path("role").asText("");
    Role role = Role.of(wire).orElseThrow(() -> ApiCall.expected("role", Role.all(), wire));
    Instant now = clock.instant();
    Optional<Instant> expires = ApiCall.expires(body, now);
    String token = Tokens.newAdminToken(random, tokens.store());
    StoredAdminToken stored =
        new StoredAdminToken(
            name, role.wire(), Tokens.sha256Hex(token), now, expires, Optional.empty());
    if (!tokens.add(stored)) {
      throw ApiProblem.of(409, "name_taken", "There is an admin token \"" + name + "\" already.");
    }
    return Json.ok(Json.object().put("name", name).put("token", token));
  }

  private AdminReply revoke(ApiCall call) throws ApiProblem {
    String name = call.path("name");
    if (!tokens.revoke(name, clock.instant())) {
      throw ApiProblem.notFound("There is no valid admin token " + Wording.quote(name) + ".");
    }
    return Json.ok(Json.object().put("name", name));
  }
}
