package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.protocol.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the client has set at its server, to be set again at the next one. */
final class Settings {
  private static final ObjectMapper JSON = JsonText.mapper();
  static final int MOST_SUBSCRIPTIONS = 1_000;
  private static final int LONGEST_URI = 4_096;

  private Optional<String> level = Optional.empty();
  private final Set<String> subscriptions = new LinkedHashSet<>();

  /** A request that sets one of them. */
  record Setting(String method, JsonNode params) {}

  /** Looks whether a request of the client sets something. */
  void note(UpstreamMessage request) {
    switch (request.method()) {
      case "logging/setLevel" -> param(request, "level").ifPresent(this::level);
      case "resources/subscribe" -> param(request, "uri").ifPresent(this::subscribe);
      case "resources/unsubscribe" -> param(request, "uri").ifPresent(this::unsubscribe);
      default -> {}
    }
  }

  synchronized List<Setting> all() {
    List<Setting> all = new ArrayList<>();
    level.ifPresent(text -> all.add(setting("logging/setLevel", "level", text)));
    subscriptions.forEach(uri -> all.add(setting("resources/subscribe", "uri", uri)));
    return all;
  }

  private synchronized void level(String text) {
    level = Optional.of(text);
  }

  private synchronized void subscribe(String uri) {
    if (subscriptions.size() < MOST_SUBSCRIPTIONS && uri.length() <= LONGEST_URI) {
      subscriptions.add(uri);
    }
  }

  private synchronized void unsubscribe(String uri) {
    subscriptions.remove(uri);
  }

  private static Setting setting(String method, String member, String value) {
    ObjectNode params = JSON.createObjectNode();
    params.put(member, value);
    return new Setting(method, params);
  }

  private static Optional<String> param(UpstreamMessage request, String member) {
    try {
      JsonNode params = JSON.readTree(request.bytes()).path("params");
      return Optional.ofNullable(params.path(member).textValue());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
