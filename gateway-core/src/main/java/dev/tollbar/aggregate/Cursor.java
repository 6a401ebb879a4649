package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the next page of several servers' lists begins: each server's own cursor, for those that
 * have more.
 *
 * @param page which one it is, from 1: lists do not go on for ever
 * @param at by server
 */
record Cursor(int page, Map<String, String> at) {

  Cursor {
    at = Map.copyOf(at);
  }

  String text() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("page", page);
    ObjectNode servers = json.putObject("at");
    new TreeMap<>(at).forEach(servers::put);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What the text stands for; empty if it was not made here. */
  static Optional<Cursor> of(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    Optional<JsonNode> json = Json.read(bytes);
    int page = json.map(root -> root.path("page").asInt()).orElse(0);
    JsonNode servers =
        json.map(root -> root.path("at")).orElse(JsonNodeFactory.instance.nullNode());
    Map<String, String> at = new TreeMap<>();
    for (Map.Entry<String, JsonNode> server : servers.properties()) {
      if (!server.getValue().isTextual()) {
        return Optional.empty();
      }
      at.put(server.getKey(), server.getValue().textValue());
    }
    return page < 1 || at.isEmpty() ? Optional.empty() : Optional.of(new Cursor(page, at));
  }
}
