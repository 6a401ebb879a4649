package dev.tollbar.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.convert.Draft.Entry;
import dev.tollbar.document.Outline;

/**
 * Documents of version 1, of which version 2 can say all: only names differ. The document is one
 * that reads without a problem.
 */
final class FirstConversion {
  private final JsonNode root;
  private final Draft draft;

  FirstConversion(Outline outline, String policy) {
    this.root = outline.root();
    this.draft = new Draft(outline, policy, !root.path("default").asText().equals("allow"));
  }

  Conversion convert() {
    JsonNode hide = root.path("hide");
    if (hide.isTextual()) {
      draft.hide(hide.asText(), "/hide");
    }
    for (int i = 0; i < hide.size(); i++) {
      draft.hide(hide.path(i).asText(), "/hide/" + i);
    }
    rules(draft.everywhere(), "", root.path("all_tools"));
    root.path("tools")
        .properties()
        .forEach(tool ->
            draft
                .tool(tool.getKey(), "/tools/" + Draft.escaped(tool.getKey()))
                .ifPresent(entry -> rules(entry, tool.getKey(), tool.getValue())));
    return draft.done();
  }

  private static void rules(Entry entry, String tool, JsonNode node) {
    node.properties()
        .forEach(member -> {
          JsonNode value = member.getValue();
          switch (member.getKey()) {
            case "action" -> action(entry, value.asText(), node.path("reason"));
            case "reason" -> {} // goes with its action
            case "limits" -> value.forEach(limit -> entry.add("limits", limit(tool, limit)));
            case "rate_limit" -> entry.add("rate_limit", value.deepCopy());
            default -> value.forEach(rule -> entry.add(member.getKey(), rule.deepCopy()));
          }
        });
  }

  private static void action(Entry entry, String action, JsonNode reason) {
    ObjectNode config = Draft.NODES.objectNode();
    switch (action) {
      case "deny" -> {
        if (reason.isTextual()) {
          config.set("reason", reason);
        }
        entry.add("deny", config);
      }
      case "require_approval" -> entry.add("approval", config);
      default -> {}
    }
  }

  /** A counter of version 1 belongs to its tool, one of version 2 to the policy. */
  private static ObjectNode limit(String tool, JsonNode limit) {
    ObjectNode config = limit.deepCopy();
    String counter = config.path("counter").asText("");
    if (!counter.isEmpty()) {
      config.put("counter", Draft.escaped(tool) + "/" + counter);
    }
    return config;
  }
}
