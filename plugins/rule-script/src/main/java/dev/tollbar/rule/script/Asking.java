package dev.tollbar.rule.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Question;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * Reads what a script asks people: the options of {@code ask()} have the names, values and messages
 * of the rule kind {@code approval}. {@code sandbox.js} gives them as a JSON list of pairs.
 */
final class Asking {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> OPTIONS =
      List.of("reason", "webhook", "within", "hold", "approvers", "reuse", "via");
  private static final int LONGEST_REASON = 1000;
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);
  private static final Duration LONGEST_WITHIN = Duration.ofDays(30);
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);
  private static final String ONCE = "once";
  private static final String ELICITATION = "elicitation";

  /** Scripts have their options checked by it where they ask, so that an error names the place. */
  static final ProxyExecutable CHECK = Asking::check;

  private final Map<String, JsonNode> options = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private Asking() {}

  private static Object check(Value... arguments) {
    try {
      question(arguments[0].asString());
      return "";
    } catch (ScriptFailure e) {
      return e.detail();
    }
  }

  /**
   * The question.
   *
   * @throws ScriptFailure with everything that is wrong with it
   */
  static Question question(String pairs) throws ScriptFailure {
    Asking asking = new Asking();
    asking.read(pairs);
    Question question = asking.question();
    if (!asking.problems.isEmpty()) {
      throw new ScriptFailure(
          ScriptFailure.Kind.UNUSABLE, "ask(): " + String.join(", and ", asking.problems));
    }
    return question;
  }

  private void read(String pairs) throws ScriptFailure {
    try {
      for (JsonNode pair : JSON.readTree(pairs)) {
        String name = pair.path(0).asText();
        if (OPTIONS.contains(name)) {
          options.put(name, pair.path(1));
        } else {
          problems.add(
              "unknown key "
                  + Text.quoted(name)
                  + "; expected reason, webhook, within, hold, approvers, reuse or via");
        }
      }
    } catch (JsonProcessingException e) {
      throw new ScriptFailure(ScriptFailure.Kind.UNUSABLE, "its ask() cannot be read");
    }
  }

  private Question question() {
    Duration hold = hold();
    Question.Via via = via();
    if (via == Question.Via.ELICITATION && hold.isZero()) {
      expected("hold", "more than 0s beside via: elicitation");
    }
    return new Question(
        text("reason").map(Asking::cut).orElse(""),
        text("webhook"),
        within(),
        hold,
        approvers(),
        reuse(),
        via);
  }

  private Optional<JsonNode> option(String name) {
    return Optional.ofNullable(options.get(name));
  }

  private void expected(String name, String what) {
    JsonNode value = options.getOrDefault(name, MissingNode.getInstance());
    String found =
        switch (value.getNodeType()) {
          case STRING -> Text.quoted(value.textValue());
          case OBJECT -> "an object";
          case ARRAY -> "a list";
          default -> Text.line(value.toString(), 80);
        };
    problems.add(name + ": expected " + what + "; found " + found);
  }

  private Optional<String> text(String name) {
    Optional<JsonNode> value = option(name);
    if (value.isPresent() && !value.get().isTextual()) {
      expected(name, "a string");
    }
    return value.map(JsonNode::textValue);
  }

  private Duration within() {
    Optional<Duration> within = span("within");
    if (within.isPresent() && !between(within.get(), ONE_SECOND, LONGEST_WITHIN)) {
      expected("within", "a duration from 1s to 30d");
    }
    return within.orElse(Duration.ofMinutes(15));
  }

  private Duration hold() {
    Optional<Duration> hold = span("hold");
    if (hold.isPresent() && !between(hold.get(), Duration.ZERO, LONGEST_HOLD)) {
      expected("hold", "a duration from 0s to 10m");
    }
    return hold.orElse(Duration.ofSeconds(30));
  }

  private Optional<Duration> span(String name) {
    Optional<JsonNode> value = option(name);
    Optional<Duration> span = value.flatMap(Asking::span);
    if (value.isPresent() && span.isEmpty()) {
      expected(name, "a duration such as \"30s\", \"15m\" or \"2h\"");
    }
    return span;
  }

  private static Optional<Duration> span(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : "";
    return text.endsWith("ms") ? Optional.empty() : Durations.parse(text);
  }

  private static boolean between(Duration value, Duration least, Duration most) {
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }

  private int approvers() {
    Optional<JsonNode> value = option("approvers");
    if (value.isEmpty()) {
      return 1;
    }
    // Numbers of JavaScript are written 2 and 2.5; a whole one never with a point.
    if (!value.get().isIntegralNumber()) {
      expected("approvers", "a whole number");
      return 1;
    }
    BigInteger approvers = value.get().bigIntegerValue();
    if (approvers.signum() < 1 || approvers.bitLength() > 31) {
      expected("approvers", "a whole number, 1 or more");
      return 1;
    }
    return approvers.intValue();
  }

  private Duration reuse() {
    Optional<JsonNode> value = option("reuse");
    if (value.isEmpty() || ONCE.equals(value.get().textValue())) {
      return Duration.ZERO;
    }
    Optional<Duration> reuse =
        span(value.get()).filter(span -> between(span, ONE_SECOND, LONGEST_WITHIN));
    if (reuse.isEmpty()) {
      expected("reuse", "\"once\", or a duration from 1s to 30d such as \"1h\"");
    }
    return reuse.orElse(Duration.ZERO);
  }

  private Question.Via via() {
    Optional<JsonNode> value = option("via");
    String via = value.map(given -> String.valueOf(given.textValue())).orElse("people");
    if (!via.equals("people") && !via.equals(ELICITATION)) {
      expected("via", "people or elicitation");
    }
    return via.equals(ELICITATION) ? Question.Via.ELICITATION : Question.Via.PEOPLE;
  }

  private static String cut(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
  }
}
