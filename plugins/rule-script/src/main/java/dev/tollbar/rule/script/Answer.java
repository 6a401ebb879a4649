package dev.tollbar.rule.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.Question;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads what {@code sandbox.js} says of a script's result: a letter, and what belongs to it. {@code
 * p} permits, {@code d} denies with the reason behind it, {@code a} asks with the options behind it
 * as a JSON array, {@code u} is a result of no use, with its type.
 */
final class Answer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NO_REASON = "The script of this rule denies the call.";
  private static final int LONGEST_REASON = 1000;
  private static final int MOST_APPROVERS = 100;
  private static final Duration DEFAULT_WITHIN = Duration.ofMinutes(15);
  private static final Duration LONGEST_WITHIN = Duration.ofDays(30);
  private static final Duration DEFAULT_HOLD = Duration.ofSeconds(30);
  private static final Duration LONGEST_HOLD = Duration.ofHours(1);

  private Answer() {}

  static Verdict read(String text) throws ScriptFailure {
    String rest = text.substring(1);
    return switch (text.charAt(0)) {
      case 'p' -> Verdict.permit();
      case 'd' -> Verdict.deny(rest.isBlank() ? NO_REASON : cut(rest));
      case 'a' -> Verdict.ask(question(rest));
      default -> throw unusable("it returned " + describe(rest));
    };
  }

  private static String describe(String type) {
    return switch (type) {
      case "undefined", "null" -> type;
      case "array", "object" -> "an " + type;
      default -> "a " + type;
    };
  }

  private static Question question(String options) throws ScriptFailure {
    JsonNode values;
    try {
      values = JSON.readTree(options);
    } catch (JsonProcessingException e) {
      throw unusable("its ask() cannot be read");
    }
    double approvers = values.path(4).asDouble(1);
    if (approvers != Math.rint(approvers) || approvers < 1 || approvers > MOST_APPROVERS) {
      throw unusable("ask(): approvers must be a whole number from 1 to 100");
    }
    return new Question(
        cut(values.path(0).asText("")),
        Optional.ofNullable(values.path(1).textValue()),
        duration("within", values.path(2), DEFAULT_WITHIN, LONGEST_WITHIN),
        duration("hold", values.path(3), DEFAULT_HOLD, LONGEST_HOLD),
        (int) approvers);
  }

  private static Duration duration(String option, JsonNode value, Duration absent, Duration longest)
      throws ScriptFailure {
    if (!value.isTextual()) {
      return absent;
    }
    Optional<Duration> duration = Durations.parse(value.textValue());
    if (duration.isEmpty() || duration.get().compareTo(longest) > 0) {
      throw unusable(
          "ask(): " + option + " must be a duration such as \"15m\", at most " + longest(longest));
    }
    return duration.get();
  }

  private static String longest(Duration duration) {
    return duration.toDays() > 0 ? duration.toDays() + "d" : duration.toHours() + "h";
  }

  private static String cut(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
  }

  private static ScriptFailure unusable(String detail) {
    return new ScriptFailure(ScriptFailure.Kind.UNUSABLE, detail);
  }
}
