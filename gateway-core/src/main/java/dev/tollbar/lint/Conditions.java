package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.Contradiction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the conditions of {@code require} and {@code deny_if} say, as they stand in the file. */
final class Conditions {
  private static final Pattern ANCHORED =
      Pattern.compile("(\\(\\?[a-zA-Z]+\\))?(\\^|\\\\A)(?:[^|]*|\\([^()]*\\))(\\$|\\\\z)");

  /** Where it is on, the anchors are those of one line of a longer text. */
  private static final Pattern BY_LINE = Pattern.compile("\\(\\?[a-zA-Z]*m");

  private Conditions() {}

  interface Visitor {
    void visit(String pointer, JsonNode value);
  }

  /** Every condition of one rule, but those below a {@code not}, which turns their sense. */
  static void each(String at, JsonNode rule, Visitor visitor) {
    for (String list : List.of("conditions", "all", "any")) {
      JsonNode items = rule.path(list);
      for (int i = 0; i < items.size(); i++) {
        String below = at + "/" + list + "/" + i;
        if (items.path(i).has("path")) {
          visitor.visit(below, items.path(i));
        }
        each(below, items.path(i), visitor);
      }
    }
  }

  /** Every single condition that must not hold for a {@code require} to let a call pass. */
  static void eachNot(String at, JsonNode require, Visitor visitor) {
    for (String list : List.of("conditions", "all")) {
      JsonNode items = require.path(list);
      for (int i = 0; i < items.size(); i++) {
        String below = at + "/" + list + "/" + i;
        if (items.path(i).path("not").has("path")) {
          visitor.visit(below + "/not", items.path(i).path("not"));
        }
        eachNot(below, items.path(i), visitor);
      }
    }
  }

  /** Those that must hold together, by the one value that each path leads to. */
  static Map<String, List<Contradiction.Asked>> together(JsonNode rule) {
    Map<String, List<Contradiction.Asked>> byPath = new LinkedHashMap<>();
    for (String list : List.of("conditions", "all")) {
      for (JsonNode condition : rule.path(list)) {
        String path = condition.path("path").asText();
        if (condition.has("path") && !path.contains("[*]")) {
          byPath
              .computeIfAbsent(path, _ -> new ArrayList<>())
              .add(new Contradiction.Asked(condition.path("op").asText(), condition.path("value")));
        }
        together(condition)
            .forEach((below, more) ->
                byPath.computeIfAbsent(below, _ -> new ArrayList<>()).addAll(more));
      }
    }
    return byPath;
  }

  /** The paths without which a {@code require} lets no call pass. */
  static List<String> demanded(JsonNode require) {
    List<String> paths = new ArrayList<>();
    for (JsonNode condition : require.path("conditions")) {
      boolean absent =
          condition.path("op").asText().equals("exists") && !condition.path("value").asBoolean();
      if (condition.has("path") && !absent) {
        paths.add(condition.path("path").asText());
      }
    }
    return paths;
  }

  /** Whether a pattern surely matches from the first to the last character of the text. */
  static boolean anchored(String pattern) {
    return ANCHORED.matcher(pattern).matches()
        && !BY_LINE.matcher(pattern).find()
        && !pattern.endsWith("\\$");
  }
}
