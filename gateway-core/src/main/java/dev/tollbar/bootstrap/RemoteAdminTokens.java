package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.console.Role;
import dev.tollbar.state.StoredAdminToken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The admin tokens of a running gateway. */
record RemoteAdminTokens(RemoteGateway gateway) {

  /** What a new one is. */
  String make(String name, Role role, Optional<Instant> expires)
      throws CommandException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("name", name);
    body.put("role", role.wire());
    expires.ifPresent(end -> body.put("expires", end.toString()));
    return gateway.post("/admin-tokens", body).path("token").asText();
  }

  /** By name. What they are is not known, nor a digest of it. */
  List<StoredAdminToken> list() throws CommandException, InterruptedException {
    return gateway.all("/admin-tokens", Map.of()).stream()
        .map(it ->
            new StoredAdminToken(
                it.path("name").asText(),
                it.path("role").asText(),
                "",
                RemoteGateway.time(it, "created").orElse(Instant.EPOCH),
                RemoteGateway.time(it, "expires"),
                RemoteGateway.time(it, "revoked")))
        .toList();
  }

  void revoke(String name) throws CommandException, InterruptedException {
    gateway.post(
        "/admin-tokens/" + RemoteGateway.segment(name) + "/revocation",
        JsonNodeFactory.instance.objectNode());
  }
}
