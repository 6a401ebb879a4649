package dev.tollbar.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.PatternSyntaxException;
import dev.tollbar.convert.InterceptRule.Change;
import dev.tollbar.convert.InterceptRule.LostException;
import dev.tollbar.policy.Wording;
import dev.tollbar.regex.Regex;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A condition on an argument. Intercept compares a number with a text by how the number is written;
 * here they always differ. So {@code neq} and {@code not_in} name both.
 */
final class InterceptCondition {
  private static final List<String> OPERATORS =
      List.of("eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "regex", "contains", "exists");
  private static final Pattern PLAIN_STEP = Pattern.compile("[^.\\[\\]\"\\s]+");
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?");

  /** How Intercept writes a list, an object, and null. */
  private static final Pattern WRITTEN = Pattern.compile("\\[|map\\[|<nil>");

  private final JsonNode condition;
  private final String below;
  private final List<Change> changes;

  InterceptCondition(JsonNode condition, String below, List<Change> changes) {
    this.condition = condition;
    this.below = below;
    this.changes = changes;
  }

  ObjectNode convert() throws LostException {
    for (var member : condition.properties()) {
      if (!List.of("path", "op", "value").contains(member.getKey())) {
        throw new LostException(
            below + "/" + Draft.escaped(member.getKey()),
            "Intercept's reference has no key " + Wording.quote(member.getKey()));
      }
    }
    String op = condition.path("op").asText("");
    if (!OPERATORS.contains(op)) {
      throw new LostException(
          below + "/op",
          "expected one of "
              + String.join(", ", OPERATORS)
              + "; found "
              + Wording.found(condition.path("op")));
    }
    JsonNode value = condition.path("value");
    check(op, value);
    ObjectNode converted = Draft.NODES.objectNode();
    converted.put("path", path(condition.path("path").asText(""), below + "/path"));
    return switch (op) {
      case "neq" -> negative(converted, "neq", List.of(value));
      case "not_in" -> negative(converted, "not_in", value.valueStream().toList());
      default -> {
        if ((op.equals("eq") || op.equals("in") || op.equals("contains")) && ambiguous(value)) {
          changes.add(
              new Change(
                  below + "/value",
                  "a number and a text that reads like it are not equal here; Intercept takes both"));
        }
        converted.put("op", op).set("value", value);
        yield converted;
      }
    };
  }

  private void check(String op, JsonNode value) throws LostException {
    boolean fits =
        switch (op) {
          case "lt", "lte", "gt", "gte" -> value.isNumber();
          case "in", "not_in" -> value.isArray();
          case "exists" -> value.isBoolean();
          case "regex" -> value.isTextual() && compiles(value.asText());
          default -> value.isValueNode() && !value.isNull();
        };
    if (!fits) {
      throw new LostException(
          below + "/value", "no value that " + op + " can use: " + Wording.found(value));
    }
    for (JsonNode item : value) {
      if (!item.isValueNode() || item.isNull()) {
        throw new LostException(
            below + "/value", "no value that " + op + " can use: " + Wording.found(item));
      }
    }
  }

  private static boolean compiles(String pattern) {
    try {
      Regex.compile(pattern);
      return true;
    } catch (PatternSyntaxException _) {
      return false;
    }
  }

  /** Differs from all of these, however they are written. */
  private ObjectNode negative(ObjectNode converted, String op, List<JsonNode> values)
      throws LostException {
    ArrayNode all = Draft.NODES.arrayNode();
    for (JsonNode value : values) {
      if (WRITTEN.matcher(value.asText()).lookingAt()) {
        throw new LostException(
            below + "/value",
            "Intercept compares lists, objects and null by how they are written: "
                + Wording.found(value));
      }
      all.add(value);
      twin(value).ifPresent(all::add);
    }
    if (all.size() == 1 && op.equals("neq")) {
      converted.put("op", op).set("value", all.get(0));
    } else {
      converted.put("op", "not_in").set("value", all);
    }
    return converted;
  }

  private static boolean ambiguous(JsonNode value) {
    return value.isArray()
        ? value.valueStream().anyMatch(InterceptCondition::ambiguous)
        : twin(value).isPresent();
  }

  /** What is written like a value and is of another type. */
  private static Optional<JsonNode> twin(JsonNode value) {
    if (!value.isTextual()) {
      return Optional.of(TextNode.valueOf(value.asText()));
    }
    String text = value.asText();
    if (text.equals("true") || text.equals("false")) {
      return Optional.of(BooleanNode.valueOf(text.equals("true")));
    }
    return NUMBER.matcher(text).matches()
        ? Optional.of(DecimalNode.valueOf(new BigDecimal(text)))
        : Optional.empty();
  }

  /** Intercept's paths have dots alone; every other character belongs to a name. */
  static String path(String path, String below) throws LostException {
    if (!path.startsWith("args.") || path.endsWith(".") || path.contains("..")) {
      throw new LostException(
          below, "expected an argument such as \"args.amount\"; found " + Wording.quote(path));
    }
    StringBuilder steps = new StringBuilder("args");
    for (String step : path.substring("args.".length()).split("\\.", -1)) {
      steps.append(
          PLAIN_STEP.matcher(step).matches() ? "." + step : "[" + TextNode.valueOf(step) + "]");
    }
    return steps.toString();
  }
}
