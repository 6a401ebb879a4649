package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.state.StoredGrant;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The stored grants of a running gateway. */
record RemoteGrants(RemoteGateway gateway) {

  /** The token of a new one. */
  String make(
      String name,
      Map<String, String> servers,
      Map<String, String> labels,
      Optional<Instant> expires)
      throws CommandException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("name", name);
    servers.forEach(body.putObject("servers")::put);
    labels.forEach(body.putObject("labels")::put);
    expires.ifPresent(end -> body.put("expires", end.toString()));
    return gateway.post("/grants", body).path("token").asText();
  }

  /** Those of the document are not among them. Their tokens are not known, nor their age. */
  List<StoredGrant> list() throws CommandException, InterruptedException {
    return gateway
        .get("/grants", Map.of())
        .path("items")
        .valueStream()
        .filter(it -> it.path("source").asText().equals("stored"))
        .map(it ->
            new StoredGrant(
                it.path("name").asText(),
                "",
                texts(it.path("servers")),
                texts(it.path("labels")),
                Instant.EPOCH,
                RemoteGateway.time(it, "expires"),
                RemoteGateway.time(it, "revoked")))
        .toList();
  }

  void revoke(String name) throws CommandException, InterruptedException {
    gateway.post(
        "/grants/" + RemoteGateway.segment(name) + "/revocation",
        JsonNodeFactory.instance.objectNode());
  }

  private static Map<String, String> texts(JsonNode json) {
    Map<String, String> texts = new TreeMap<>();
    json.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }
}
