package dev.tollbar.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.convert.Draft.Entry;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Outline;
import dev.tollbar.document.Problem;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Policies of the Intercept proxy. All rules of a tool must pass, and those of {@code "*"} too;
 * counters are the proxy's, whoever calls. Source: PolicyLayer/Intercept, POLICY.md, and its own
 * validation and engine for what that page leaves open.
 */
final class InterceptConversion {
  private static final List<String> KEYS =
      List.of("version", "description", "default", "hide", "tools");

  private final Outline outline;
  private final JsonNode root;
  private final Draft draft;
  private final Set<String> ids = new HashSet<>();

  InterceptConversion(Outline outline, String policy) {
    this.outline = outline;
    this.root = outline.root();
    this.draft = new Draft(outline, policy, root.path("default").asText().equals("deny"));
  }

  Conversion convert() throws DocumentException {
    List<Problem> problems = problems();
    if (!problems.isEmpty()) {
      throw new DocumentException(problems);
    }
    if (root.has("description")) {
      draft.changed("/description", "a document has no description; keep it as a comment");
    }
    root.fieldNames()
        .forEachRemaining(key -> {
          if (!KEYS.contains(key)) {
            deny(
                draft.everywhere(),
                "/" + Draft.escaped(key),
                "Intercept's reference has no key "
                    + Wording.quote(key)
                    + "; every tool is denied");
          }
        });
    for (int i = 0; i < root.path("hide").size(); i++) {
      draft.hide(root.path("hide").path(i).asText(), "/hide/" + i);
    }
    for (var tool : root.path("tools").properties()) {
      String here = "/tools/" + Draft.escaped(tool.getKey());
      Optional<Entry> entry =
          tool.getKey().equals("*")
              ? Optional.of(draft.everywhere())
              : draft.tool(tool.getKey(), here);
      entry.ifPresent(known -> tool(known, tool.getKey(), here, tool.getValue()));
    }
    return draft.done();
  }

  /** What keeps the file from being read at all. */
  private List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    String version = root.path("version").asText("");
    if (!version.equals("1")) {
      problems.add(expected("/version", "\"1\"", root.path("version")));
    }
    if (!List.of("", "allow", "deny").contains(root.path("default").asText(""))) {
      problems.add(expected("/default", "\"allow\" or \"deny\"", root.path("default")));
    }
    JsonNode hide = root.path("hide");
    if (!isNothing(hide) && !hide.isArray()) {
      problems.add(expected("/hide", "a list of tool names", hide));
    }
    for (int i = 0; i < hide.size(); i++) {
      if (!hide.path(i).isTextual()) {
        problems.add(expected("/hide/" + i, "the name of a tool", hide.path(i)));
      }
    }
    if (!root.path("tools").isObject() && !isNothing(root.path("tools"))) {
      problems.add(expected("/tools", "an object", root.path("tools")));
    }
    return problems;
  }

  /** Left out, or a key without a value. */
  private static boolean isNothing(JsonNode node) {
    return node.isMissingNode() || node.isNull() || (node.isTextual() && node.asText().isEmpty());
  }

  private Problem expected(String pointer, String expected, JsonNode found) {
    return outline.at(pointer, "expected " + expected + "; found " + Wording.found(found));
  }

  private void tool(Entry entry, String tool, String at, JsonNode node) {
    node.fieldNames()
        .forEachRemaining(key -> {
          if (!key.equals("rules")) {
            deny(
                entry,
                at + "/" + Draft.escaped(key),
                "Intercept's reference has no key " + Wording.quote(key) + "; the tool is denied");
          }
        });
    JsonNode rules = node.path("rules");
    boolean fits = node.isObject() || isNothing(node);
    if (!fits || !(isNothing(rules) || rules.isArray())) {
      deny(entry, at, "expected an object with a list of rules; the tool is denied");
      return;
    }
    String scope = tool.equals("*") ? "_global" : tool;
    for (int i = 0; i < rules.size(); i++) {
      rule(entry, scope, at + "/rules/" + i, rules.path(i));
    }
  }

  private void rule(Entry entry, String scope, String at, JsonNode rule) {
    InterceptRule read = new InterceptRule(scope, rule);
    try {
      read.read();
    } catch (InterceptRule.LostException e) {
      deny(entry, at + e.below(), e.reason() + "; every call that the rule is for is denied");
      return;
    }
    String id = id(read.name());
    read.changes().forEach(change -> draft.changed(at + change.below(), change.message()));
    boolean several = read.configs().size() > 1;
    for (InterceptRule.Config config : read.configs()) {
      ObjectNode named = Draft.NODES.objectNode();
      if (!id.isEmpty()) {
        named.put("id", several ? unique(id + "-" + config.kind().replace('_', '-')) : unique(id));
      }
      named.setAll(config.node());
      entry.add(config.kind(), named);
    }
  }

  private void deny(Entry entry, String pointer, String message) {
    draft.lost(pointer, message);
    entry.add(
        "deny",
        Draft.NODES
            .objectNode()
            .put("reason", "A rule of this tool was not carried over; ask the operator."));
  }

  /** A name as an id: letters, digits and dashes. */
  private static String id(String name) {
    String slug =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    return slug.length() > 40 ? slug.substring(0, 40).replaceAll("-+$", "") : slug;
  }

  private String unique(String id) {
    String unique = id;
    for (int i = 2; !ids.add(unique); i++) {
      unique = id + "-" + i;
    }
    return unique;
  }
}
