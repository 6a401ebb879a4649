package dev.tollbar.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.Wording;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One rule of an Intercept policy, as rules of version 2; for one thread. */
final class InterceptRule {
  private static final List<String> KEYS =
      List.of("name", "action", "rate_limit", "conditions", "on_deny", "state");
  private static final List<String> STATE_KEYS =
      List.of("counter", "window", "increment", "increment_from");
  private static final Pattern RATE = Pattern.compile("([1-9][0-9]{0,17})/(minute|hour|day)");
  private static final List<String> WINDOWS = List.of("minute", "hour", "day");

  /** A rule of version 2. */
  record Config(String kind, ObjectNode node) {}

  /** What is the same but for something, below the rule. */
  record Change(String below, String message) {}

  /** The rule has no like. */
  static final class LostException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String below;
    private final String reason;

    LostException(String below, String reason) {
      super(reason);
      this.below = below;
      this.reason = reason;
    }

    /** Where, below the rule. */
    String below() {
      return below;
    }

    String reason() {
      return reason;
    }
  }

  private final String scope;
  private final JsonNode rule;
  private final List<Config> configs = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();

  /**
   * A rule that is not read yet.
   *
   * @param scope whose its counters are: the tool's, or {@code _global}
   */
  InterceptRule(String scope, JsonNode rule) {
    this.scope = scope;
    this.rule = rule;
  }

  String name() {
    return rule.path("name").asText("");
  }

  List<Config> configs() {
    return configs;
  }

  List<Change> changes() {
    return changes;
  }

  void read() throws LostException {
    if (!rule.isObject()) {
      throw new LostException("", "expected an object; found " + Wording.found(rule));
    }
    known(rule, KEYS, "");
    String action = rule.path("action").asText("evaluate");
    if (rule.has("rate_limit")) {
      rate(action);
    } else if (action.equals("deny")) {
      deny();
    } else if (action.equals("evaluate")) {
      evaluate();
    } else {
      throw new LostException(
          "/action",
          "expected \"evaluate\" or \"deny\"; found " + Wording.found(rule.path("action")));
    }
  }

  private static void known(JsonNode node, List<String> keys, String below) throws LostException {
    for (var member : node.properties()) {
      if (!keys.contains(member.getKey())) {
        throw new LostException(
            below + "/" + Draft.escaped(member.getKey()),
            "Intercept's reference has no key " + Wording.quote(member.getKey()));
      }
    }
  }

  private String text(String otherwise) {
    String given = rule.path("on_deny").asText("");
    return given.isBlank() ? otherwise : given;
  }

  private void deny() throws LostException {
    if (rule.path("conditions").size() > 0) {
      throw new LostException("/conditions", "a rule that denies has no conditions");
    }
    add("deny", Draft.NODES.objectNode().put("reason", text("Denied by rule " + quoted())));
  }

  private String quoted() {
    return '"' + name() + '"';
  }

  private void rate(String action) throws LostException {
    String given = rule.path("rate_limit").asText("");
    Matcher rate = RATE.matcher(given);
    if (!rate.matches()) {
      throw new LostException(
          "/rate_limit",
          "expected \"5/hour\" or the like; found " + Wording.found(rule.path("rate_limit")));
    }
    if (rule.has("conditions") || rule.has("state") || action.equals("deny")) {
      throw new LostException("/rate_limit", "rate_limit stands alone");
    }
    String otherwise =
        "Rate limit of " + rate.group(1) + " per " + rate.group(2) + " reached. Try again later.";
    ObjectNode limit = Draft.NODES.objectNode();
    limit.put("max", Long.parseLong(rate.group(1))).put("window", rate.group(2));
    limit(limit, otherwise);
  }

  /** Intercept has one counter for all who call. */
  private void limit(ObjectNode limit, String otherwise) {
    add("limits", limit.put("scope", "server").put("on_deny", text(otherwise)));
  }

  private void evaluate() throws LostException {
    JsonNode conditions = rule.path("conditions");
    if (!conditions.isArray() || conditions.isEmpty()) {
      throw new LostException("/conditions", "a rule that evaluates has at least one condition");
    }
    ArrayNode required = Draft.NODES.arrayNode();
    Optional<JsonNode> counted = Optional.empty();
    for (int i = 0; i < conditions.size(); i++) {
      JsonNode condition = conditions.path(i);
      String below = "/conditions/" + i;
      if (condition.path("path").asText("").startsWith("state.")) {
        ownCounter(condition, below, counted.isPresent());
        counted = Optional.of(condition);
      } else {
        required.add(new InterceptCondition(condition, below, changes).convert());
      }
    }
    if (!required.isEmpty()) {
      ObjectNode require = Draft.NODES.objectNode();
      require.set("conditions", required);
      add("require", require.put("on_deny", text("Denied by rule " + quoted())));
    }
    if (counted.isPresent()) {
      quota(counted.get());
    } else if (rule.has("state")) {
      changes.add(
          new Change(
              "/state", "no condition looks at the counter, which Intercept did not count either"));
    }
  }

  /** Only what bounds the rule's own counter is a limit. */
  private void ownCounter(JsonNode condition, String below, boolean another) throws LostException {
    String counter = rule.path("state").path("counter").asText("");
    String op = condition.path("op").asText("");
    if (counter.isEmpty()
        || !condition.path("path").asText("").equals("state." + scope + "." + counter)) {
      throw new LostException(below + "/path", "a limit can only bound a counter of its own");
    }
    if (another || !(op.equals("lt") || op.equals("lte"))) {
      throw new LostException(below, "a limit has one bound, by lt or lte");
    }
    if (!condition.path("value").isNumber()) {
      throw new LostException(
          below + "/value", "expected a number; found " + Wording.found(condition.path("value")));
    }
    known(condition, List.of("path", "op", "value"), below);
  }

  private void quota(JsonNode condition) throws LostException {
    JsonNode state = rule.path("state");
    known(state, STATE_KEYS, "/state");
    String window = state.path("window").asText("");
    if (!WINDOWS.contains(window)) {
      throw new LostException(
          "/state/window",
          "expected minute, hour or day; found " + Wording.found(state.path("window")));
    }
    BigDecimal most = condition.path("value").decimalValue().setScale(0, RoundingMode.DOWN);
    if (condition.path("op").asText().equals("lt")) {
      most = most.subtract(BigDecimal.ONE);
    }
    ObjectNode limit = Draft.NODES.objectNode();
    String from = state.path("increment_from").asText("");
    if (from.isEmpty()) {
      most = most.divide(increment(state), 0, RoundingMode.FLOOR);
    } else {
      limit.put("amount", InterceptCondition.path(from, "/state/increment_from"));
      changes.add(
          new Change(
              "/state/increment_from",
              "amounts are exact here: Intercept cuts them to whole numbers, and takes negative"
                  + " ones, which are denied here"));
    }
    String otherwise = "Rate limit exceeded for " + name();
    if (most.signum() < 0) {
      add("deny", Draft.NODES.objectNode().put("reason", text(otherwise)));
      return;
    }
    limit(limit.put("max", whole(most)).put("window", window), otherwise);
  }

  private static long whole(BigDecimal value) throws LostException {
    BigInteger whole = value.toBigInteger();
    if (whole.bitLength() > 62) {
      throw new LostException("/conditions", "the bound is too large");
    }
    return whole.longValueExact();
  }

  /** Calls that add more than one each: so many fewer calls. */
  private static BigDecimal increment(JsonNode state) throws LostException {
    JsonNode increment = state.path("increment");
    if (increment.isMissingNode() || increment.asText().equals("0")) {
      return BigDecimal.ONE;
    }
    if (!increment.isIntegralNumber() || increment.decimalValue().signum() < 0) {
      throw new LostException(
          "/state/increment", "expected a whole number above 0; found " + Wording.found(increment));
    }
    return increment.decimalValue();
  }

  private void add(String kind, ObjectNode node) {
    configs.add(new Config(kind, node));
  }
}
