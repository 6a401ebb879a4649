package dev.tollbar.legacy;

import dev.tollbar.protocol.JsonText;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * What a client is to hear of: every list that its server tells of, and the resources that it has
 * subscribed to.
 */
record Watched(boolean tools, boolean prompts, boolean resources, SequencedSet<String> uris) {
  static final Watched NOTHING = new Watched(false, false, false, new LinkedHashSet<>());

  static Watched of(Discovery server) {
    return new Watched(
        server.tellsOfChanged("tools"),
        server.tellsOfChanged("prompts"),
        server.tellsOfChanged("resources"),
        new LinkedHashSet<>());
  }

  Watched with(String uri) {
    SequencedSet<String> more = new LinkedHashSet<>(uris);
    more.add(uri);
    return new Watched(tools, prompts, resources, more);
  }

  Watched without(String uri) {
    SequencedSet<String> fewer = new LinkedHashSet<>(uris);
    fewer.remove(uri);
    return new Watched(tools, prompts, resources, fewer);
  }

  boolean isNothing() {
    return !tools && !prompts && !resources && uris.isEmpty();
  }

  /** The params of {@code subscriptions/listen}. */
  String params() {
    SequencedMap<String, String> members = new LinkedHashMap<>();
    put(members, "toolsListChanged", tools);
    put(members, "promptsListChanged", prompts);
    put(members, "resourcesListChanged", resources);
    if (!uris.isEmpty()) {
      members.put(
          "resourceSubscriptions",
          "[" + String.join(",", uris.stream().map(JsonText::quote).toList()) + "]");
    }
    return "{\"notifications\":" + SplicedRequest.object(members) + "}";
  }

  private static void put(SequencedMap<String, String> members, String name, boolean wanted) {
    if (wanted) {
      members.put(name, "true");
    }
  }
}
