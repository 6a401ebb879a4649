package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Section 5, read aloud. */
final class NaiveConditions {
  static final String YES = "yes";
  static final String NO = "no";

  private static final String UNSEEN =
      " is not known, as the gateway has not seen this tool in the server's own list yet.";

  private final Situation situation;

  NaiveConditions(Situation situation) {
    this.situation = situation;
  }

  /** Something that a path leads to: a value, nothing, or something that it cannot go through. */
  private record Leaf(String at, Optional<JsonNode> value, String needed) {}

  /**
   * Whether all conditions hold: {@code yes}, {@code no}, or why that cannot be said.
   *
   * @param every whether all elements of a list must hold, or any
   */
  String all(JsonNode conditions, boolean every) {
    String answer = YES;
    for (JsonNode condition : conditions) {
      String one = one(condition, every);
      if (!one.equals(YES) && !one.equals(NO)) {
        return one;
      }
      answer = one.equals(NO) ? NO : answer;
    }
    return answer;
  }

  private String one(JsonNode condition, boolean every) {
    if (condition.has("all")) {
      return all(condition.get("all"), every);
    }
    if (condition.has("any")) {
      String answer = NO;
      for (JsonNode member : condition.get("any")) {
        String one = one(member, every);
        if (!one.equals(YES) && !one.equals(NO)) {
          return one;
        }
        answer = one.equals(YES) ? YES : answer;
      }
      return answer;
    }
    if (condition.has("not")) {
      String answer = one(condition.get("not"), !every);
      return answer.equals(YES) ? NO : answer.equals(NO) ? YES : answer;
    }
    return comparison(condition, every);
  }

  private String comparison(JsonNode condition, boolean every) {
    String path = condition.get("path").textValue();
    String op = condition.get("op").textValue();
    JsonNode wanted = condition.get("value");
    if (path.startsWith("tool.") && !path.equals("tool.name") && !situation.seen()) {
      return path + UNSEEN;
    }
    List<Leaf> leaves =
        path.startsWith("args")
            ? leaves("args", path.substring(4), situation.arguments())
            : List.of(new Leaf(path, fact(path), ""));
    int holding = 0;
    for (Leaf leaf : leaves) {
      String answer = leaf(leaf, op, wanted);
      if (!answer.equals(YES) && !answer.equals(NO)) {
        return leaf.at() + " " + answer + ".";
      }
      holding += answer.equals(YES) ? 1 : 0;
    }
    return (every ? holding == leaves.size() : holding > 0) ? YES : NO;
  }

  private Optional<JsonNode> fact(String path) {
    if (path.startsWith("grant.labels.")) {
      return Optional.ofNullable(situation.labels().get(path.substring(13))).map(TextNode::valueOf);
    }
    if (path.startsWith("tool.annotations.")) {
      return annotation(situation, path.substring(17));
    }
    var time = situation.time().atOffset(ZoneOffset.UTC);
    return switch (path) {
      case "grant.name" -> Optional.of(TextNode.valueOf(situation.grant()));
      case "server" -> Optional.of(TextNode.valueOf(situation.server()));
      case "tool.name" -> Optional.of(TextNode.valueOf(situation.name()));
      case "tool.category" -> category(situation).map(TextNode::valueOf);
      case "time.utc_hour" -> Optional.of(IntNode.valueOf(time.getHour()));
      case "time.weekday" ->
          Optional.of(
              TextNode.valueOf(
                  time.getDayOfWeek()
                      .getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                      .toLowerCase(Locale.ROOT)));
      default -> throw new IllegalArgumentException(path);
    };
  }

  static Optional<String> category(Situation situation) {
    JsonNode said = situation.annotations();
    if (said.path("readOnlyHint").equals(BooleanNode.TRUE)) {
      return Optional.of("read");
    }
    if (said.path("destructiveHint").equals(BooleanNode.TRUE)) {
      return Optional.of("destructive");
    }
    return said.path("destructiveHint").equals(BooleanNode.FALSE)
        ? Optional.of("write")
        : Optional.empty();
  }

  /** What a tool that was seen says of itself, or the protocol's default for silence. */
  static Optional<JsonNode> annotation(Situation situation, String name) {
    JsonNode said = situation.annotations();
    if (said.has(name)) {
      return Optional.of(said.get(name));
    }
    boolean reads = said.path("readOnlyHint").equals(BooleanNode.TRUE);
    return switch (name) {
      case "readOnlyHint" -> Optional.of(BooleanNode.FALSE);
      case "openWorldHint" -> Optional.of(BooleanNode.TRUE);
      case "destructiveHint" -> reads ? Optional.empty() : Optional.of(BooleanNode.TRUE);
      case "idempotentHint" -> reads ? Optional.empty() : Optional.of(BooleanNode.FALSE);
      default -> Optional.empty();
    };
  }

  /** Everything that the rest of a path leads to. */
  private static List<Leaf> leaves(String at, String rest, JsonNode node) {
    if (rest.isEmpty()) {
      return List.of(new Leaf(at, Optional.of(node), ""));
    }
    int end = end(rest);
    String step = rest.substring(0, end);
    String more = rest.substring(end);
    boolean member = step.startsWith(".") || step.startsWith("[\"");
    if (node.isNull()) {
      return List.of(new Leaf(at, Optional.empty(), ""));
    }
    if (member ? !node.isObject() : !node.isArray()) {
      return List.of(new Leaf(at, Optional.of(node), member ? "an object" : "a list"));
    }
    if (step.equals("[*]")) {
      List<Leaf> all = new ArrayList<>();
      for (JsonNode element : node) {
        all.addAll(leaves(at + step, more, element));
      }
      return node.isEmpty() ? List.of(new Leaf(at + step, Optional.empty(), "")) : all;
    }
    JsonNode next;
    if (step.startsWith(".")) {
      next = node.path(step.substring(1));
    } else if (member) {
      next = node.path(step.substring(2, step.length() - 2).replace("\\\"", "\""));
    } else {
      next = node.path(Integer.parseInt(step.substring(1, step.length() - 1)));
    }
    return next.isMissingNode()
        ? List.of(new Leaf(at + step, Optional.empty(), ""))
        : leaves(at + step, more, next);
  }

  /** Where the first step of a path ends. */
  private static int end(String rest) {
    if (rest.startsWith("[\"")) {
      int quote = rest.indexOf("\"]", 2);
      return quote + 2;
    }
    if (rest.startsWith("[")) {
      return rest.indexOf(']') + 1;
    }
    int end = 1;
    while (end < rest.length() && rest.charAt(end) != '.' && rest.charAt(end) != '[') {
      end++;
    }
    return end;
  }

  /** {@code yes}, {@code no}, or what the value must be and is not. */
  private static String leaf(Leaf leaf, String op, JsonNode wanted) {
    boolean judgesAll = List.of("eq", "neq", "in", "not_in", "exists").contains(op);
    boolean blocked = !leaf.needed().isEmpty();
    if (leaf.value().isEmpty() || (blocked && judgesAll)) {
      return op.equals("exists") && !wanted.booleanValue() ? YES : NO;
    }
    JsonNode value = leaf.value().get();
    if (blocked) {
      return "must be " + leaf.needed() + ", but is " + NaiveOperators.type(value);
    }
    return NaiveOperators.judge(op, value, wanted);
  }
}
