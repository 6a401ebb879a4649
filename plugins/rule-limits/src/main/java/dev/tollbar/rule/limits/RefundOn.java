package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Condition;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.api.JsonShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which answers give back what their call took, beside those that always do.
 *
 * @param toolErrors whether every tool error does
 * @param conditions what must hold of the result else; empty if no result gives anything back
 */
@JsonShape(
    """
    {"anyOf": [
      {"type": "array", "maxItems": 1, "items": {"const": "is_error"}},
      {"type": "array", "minItems": 1, "items": {
        "type": "object",
        "properties": {
          "path": {"type": "string", "description": "result.structuredContent.status, args.amount, …"},
          "op": {"type": "string"},
          "value": {},
          "any": {"type": "array", "items": {"type": "object"}},
          "all": {"type": "array", "items": {"type": "object"}},
          "not": {"type": "object"}
        },
        "additionalProperties": false
      }}
    ]}
    """)
public record RefundOn(boolean toolErrors, List<Condition> conditions) {
  private static final String IS_ERROR = "is_error";
  private static final String EXPECTED = "[\"is_error\"] or a list of conditions on the result";

  public RefundOn {
    conditions = List.copyOf(conditions);
  }

  /** Reads it from a document. */
  public static RefundOn of(JsonNode value) {
    if (!value.isArray()) {
      throw new InvalidConfigException("", EXPECTED, Quoted.json(value));
    }
    List<Problem> problems = new ArrayList<>();
    List<Condition> conditions = new ArrayList<>();
    boolean toolErrors = false;
    for (int i = 0; i < value.size(); i++) {
      JsonNode item = value.get(i);
      if (item.isObject()) {
        conditions.add(condition(String.valueOf(i), item, problems));
      } else if (item.asText("").equals(IS_ERROR) && !toolErrors) {
        toolErrors = true;
      } else {
        String again = item.asText("").equals(IS_ERROR) ? " again" : "";
        problems.add(
            new Problem(String.valueOf(i), "is_error or a condition", Quoted.json(item) + again));
      }
    }
    if (toolErrors && !conditions.isEmpty()) {
      problems.add(new Problem("", EXPECTED, "both"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return new RefundOn(toolErrors, conditions);
  }

  private static Condition condition(String key, JsonNode node, List<Problem> problems) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String at = key + "/" + member.getKey();
      JsonNode found = member.getValue();
      switch (member.getKey()) {
        case "path", "op" -> expect(at, found.isTextual(), "a string", found, problems);
        case "any", "all" -> expect(at, found.isArray(), "a list", found, problems);
        case "not" -> expect(at, found.isObject(), "an object", found, problems);
        case "value" -> {}
        default ->
            problems.add(
                new Problem(
                    at,
                    "path, op and value, or one of any, all and not",
                    "the key " + Quoted.text(member.getKey())));
      }
    }
    return new Condition(
        Optional.ofNullable(node.path("path").textValue()),
        Optional.ofNullable(node.path("op").textValue()),
        Optional.ofNullable(node.get("value")),
        group(key + "/any", node.path("any"), problems),
        group(key + "/all", node.path("all"), problems),
        Optional.of(node.path("not"))
            .filter(JsonNode::isObject)
            .map(not -> condition(key + "/not", not, problems)));
  }

  private static Optional<List<Condition>> group(
      String key, JsonNode items, List<Problem> problems) {
    if (!items.isArray()) {
      return Optional.empty();
    }
    List<Condition> conditions = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      JsonNode item = items.get(i);
      expect(key + "/" + i, item.isObject(), "an object", item, problems);
      conditions.add(condition(key + "/" + i, item, problems));
    }
    return Optional.of(conditions);
  }

  private static void expect(
      String key, boolean fits, String expected, JsonNode found, List<Problem> problems) {
    if (!fits) {
      problems.add(new Problem(key, expected, Quoted.json(found)));
    }
  }
}
