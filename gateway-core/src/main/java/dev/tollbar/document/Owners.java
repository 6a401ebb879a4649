package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whose the counters of a policy's rules are: what stays the same while a document is edited. That
 * is a rule's {@code id}; or else the entry that it stands in with its config, but for what may be
 * tuned. Not its place in a list: a limit that is put before another one must not take its counter.
 * For one thread.
 */
final class Owners {
  private final Map<String, Integer> equals = new HashMap<>();

  /** The owner of the next rule of this config; a second one of the same has its own. */
  String of(String kind, String pointer, Optional<String> id, JsonNode config, List<String> tuned) {
    if (id.isPresent()) {
      return "#" + id.get();
    }
    ObjectNode identity = JsonNodeFactory.instance.objectNode();
    config.properties().stream()
        .filter(member -> !tuned.contains(member.getKey()))
        .forEach(member -> identity.set(member.getKey(), member.getValue()));
    String owner =
        entry(kind, pointer) + " " + new Canonical().add(sorted(identity).toString()).hex();
    int before = equals.merge(owner, 1, Integer::sum) - 1;
    return before == 0 ? owner : owner + " " + before;
  }

  /** {@code /tools/pay/limits} of {@code /tools/pay/limits/0}. */
  private static String entry(String kind, String pointer) {
    int end = pointer.lastIndexOf('/');
    String list = end < 0 ? "" : pointer.substring(0, end);
    boolean inList = list.endsWith("/" + kind) && pointer.substring(end + 1).matches("[0-9]+");
    return inList ? list : pointer;
  }

  /** The order of keys says nothing. */
  private static JsonNode sorted(JsonNode node) {
    if (node.isObject()) {
      Map<String, JsonNode> members = new TreeMap<>();
      node.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
      return JsonNodeFactory.instance.objectNode().setAll(members);
    }
    if (node.isArray()) {
      var items = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> items.add(sorted(item)));
      return items;
    }
    return node;
  }
}
