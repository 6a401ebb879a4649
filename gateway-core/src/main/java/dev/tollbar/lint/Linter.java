package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.document.Outline;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through one file for what its author hardly means. The file is one that reads without a
 * problem; of what it references, nothing is looked at.
 */
public final class Linter {
  private final Outline outline;
  private final List<Finding> findings = new ArrayList<>();

  private Linter(Outline outline) {
    this.outline = outline;
  }

  /** All findings, policy by policy. */
  public static List<Finding> review(Outline outline) {
    Linter linter = new Linter(outline);
    JsonNode root = outline.root();
    if (root.has("default")) {
      linter.policy("", root);
    }
    root.path("policies")
        .properties()
        .forEach(
            policy -> linter.policy("/policies/" + escaped(policy.getKey()), policy.getValue()));
    return List.copyOf(linter.findings);
  }

  private void policy(String at, JsonNode policy) {
    JsonNode everywhere = policy.path("all_tools");
    rules(at + "/all_tools", everywhere, everywhere);
    policy
        .path("tools")
        .properties()
        .forEach(entry -> {
          String below = at + "/tools/" + escaped(entry.getKey());
          if (entry.getKey().equals("*") && policy.path("default").asText().equals("deny")) {
            add(
                "star-under-default-deny",
                below,
                "\"*\" lists every tool, so that \"default\": \"deny\" refuses none; "
                    + "name the tools that are meant");
          }
          rules(below, entry.getValue(), everywhere);
        });
  }

  private void rules(String at, JsonNode rules, JsonNode everywhere) {
    each(
        at + "/deny_if",
        rules.path("deny_if"),
        (pointer, rule) -> {
          List<String> guarded = new ArrayList<>(Conditions.demanded(rules.path("require")));
          guarded.addAll(Conditions.demanded(everywhere.path("require")));
          Conditions.each(
              pointer,
              rule,
              (where, condition) -> {
                String path = condition.path("path").asText();
                if (path.startsWith("args")
                    && !condition.path("op").asText().equals("exists")
                    && !guarded.contains(path)) {
                  add(
                      "deny-if-bypass",
                      where,
                      "a call that leaves out "
                          + path
                          + " is not denied by this rule; add a \"require\" that it exists");
                }
              });
        });
    each(
        at + "/require",
        rules.path("require"),
        (pointer, rule) ->
            Conditions.each(
                pointer,
                rule,
                (where, condition) -> {
                  String pattern = condition.path("value").asText();
                  if (condition.path("op").asText().equals("regex")
                      && !Conditions.anchored(pattern)) {
                    add(
                        "unanchored-regex",
                        where,
                        "the pattern "
                            + Wording.quote(pattern)
                            + " may match a part of the text; write \"^(?:…)$\" to match all of it");
                  }
                }));
    each(
        at + "/limits",
        rules.path("limits"),
        (pointer, limit) -> {
          JsonNode scope = limit.path("scope");
          boolean session = scope.asText().equals("session");
          for (JsonNode one : scope) {
            session |= one.asText().equals("session");
          }
          if (session) {
            add(
                "session-scope",
                pointer + "/scope",
                "a client that connects again begins with a fresh limit; use the scope \"grant\"");
          }
        });
  }

  private void each(String at, JsonNode rules, Conditions.Visitor visitor) {
    if (rules.isObject()) {
      visitor.visit(at, rules);
    }
    for (int i = 0; rules.isArray() && i < rules.size(); i++) {
      visitor.visit(at + "/" + i, rules.get(i));
    }
  }

  private void add(String code, String pointer, String message) {
    findings.add(new Finding(code, outline.at(pointer, message)));
  }

  private static String escaped(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }
}
