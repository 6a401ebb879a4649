package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.regex.Regex;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** The operators of conditions (policy language, section 5). */
enum Operator {
  EQ(Dialect.VERSION_1),
  NEQ(Dialect.VERSION_1),
  IN(Dialect.VERSION_1),
  NOT_IN(Dialect.VERSION_1),
  LT(Dialect.VERSION_1),
  LTE(Dialect.VERSION_1),
  GT(Dialect.VERSION_1),
  GTE(Dialect.VERSION_1),
  EXISTS(Dialect.VERSION_1),
  REGEX(Dialect.VERSION_1),
  CONTAINS(Dialect.VERSION_1),
  GLOB(Dialect.VERSION_2),
  STARTS_WITH(Dialect.VERSION_2),
  ENDS_WITH(Dialect.VERSION_2),
  HOST_IN(Dialect.VERSION_2),
  PATH_WITHIN(Dialect.VERSION_2),
  CIDR(Dialect.VERSION_2),
  LENGTH_LTE(Dialect.VERSION_2);

  private final Dialect since;
  private final String word = name().toLowerCase(Locale.ROOT);

  Operator(Dialect since) {
    this.since = since;
  }

  String word() {
    return word;
  }

  boolean isIn(Dialect dialect) {
    return since.compareTo(dialect) <= 0;
  }

  static Optional<Operator> named(String word) {
    return Arrays.stream(values()).filter(operator -> operator.word.equals(word)).findFirst();
  }

  static List<String> words(Dialect dialect) {
    return Arrays.stream(values())
        .filter(operator -> operator.isIn(dialect))
        .map(Operator::word)
        .toList();
  }

  /**
   * Compiles the operator with the value of its condition.
   *
   * @throws InvalidConfigException with an empty key, or the place in a list, if the value is none
   *     for it
   */
  Comparison compile(JsonNode value) {
    return switch (this) {
      case EQ -> loose(found -> JsonEquality.equal(found, value));
      case NEQ -> loose(found -> !JsonEquality.equal(found, value));
      case IN -> membership(value, true);
      case NOT_IN -> membership(value, false);
      case LT -> ordering(value, sign -> sign < 0);
      case LTE -> ordering(value, sign -> sign <= 0);
      case GT -> ordering(value, sign -> sign > 0);
      case GTE -> ordering(value, sign -> sign >= 0);
      case EXISTS -> exists(value);
      case REGEX -> regex(value);
      case CONTAINS -> contains(value);
      case GLOB -> glob(value);
      case STARTS_WITH -> {
        String prefix = text(value, "a string");
        yield strings(found -> found.startsWith(prefix));
      }
      case ENDS_WITH -> {
        String suffix = text(value, "a string");
        yield strings(found -> found.endsWith(suffix));
      }
      case HOST_IN -> HostIn.of(value);
      case PATH_WITHIN -> PathWithin.of(value);
      case CIDR -> InNetwork.of(value);
      case LENGTH_LTE -> length(value);
    };
  }

  /** A comparison that judges values of every type. */
  private static Comparison loose(Predicate<JsonNode> predicate) {
    return new Comparison() {
      @Override
      public Answer test(JsonNode value) {
        return Answer.of(predicate.test(value));
      }

      @Override
      public Answer blocked(JsonNode value, String container) {
        return missing();
      }
    };
  }

  /** A comparison that judges strings only. */
  static Comparison strings(Predicate<String> predicate) {
    return value ->
        value.isTextual()
            ? Answer.of(predicate.test(value.textValue()))
            : Comparison.wrong("a string", value);
  }

  private static Comparison membership(JsonNode value, boolean wanted) {
    if (!value.isArray()) {
      throw invalid("a list", value);
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return loose(found ->
        wanted == elements.stream().anyMatch(element -> JsonEquality.equal(found, element)));
  }

  private static Comparison ordering(JsonNode value, IntPredicate wanted) {
    BigDecimal bound = JsonEquality.number(value).orElseThrow(() -> invalid("a number", value));
    return found -> {
      Optional<BigDecimal> number = JsonEquality.number(found);
      if (number.isEmpty()) {
        return found.isNumber()
            ? new Answer.Wrong("must be a number of ordinary size")
            : Comparison.wrong("a number", found);
      }
      return Answer.of(wanted.test(number.get().compareTo(bound)));
    };
  }

  private static Comparison exists(JsonNode value) {
    if (!value.isBoolean()) {
      throw invalid("true or false", value);
    }
    boolean wanted = value.booleanValue();
    return new Comparison() {
      @Override
      public Answer test(JsonNode found) {
        return Answer.of(wanted != found.isNull());
      }

      @Override
      public Answer missing() {
        return Answer.of(!wanted);
      }

      @Override
      public Answer blocked(JsonNode found, String container) {
        return missing();
      }
    };
  }

  private static Comparison regex(JsonNode value) {
    String expected = "a regular expression in RE2 syntax";
    try {
      Pattern pattern = Regex.compile(text(value, expected));
      return strings(found -> pattern.matcher(found).find());
    } catch (PatternSyntaxException e) {
      throw new InvalidConfigException(
          "", expected, Wording.quote(value.textValue()) + " (" + e.getDescription() + ")");
    }
  }

  private static Comparison contains(JsonNode value) {
    return found -> {
      if (found.isArray()) {
        for (JsonNode element : found) {
          if (JsonEquality.equal(element, value)) {
            return Answer.YES;
          }
        }
        return Answer.NO;
      }
      if (!value.isTextual()) {
        return Comparison.wrong("a list", found);
      }
      return found.isTextual()
          ? Answer.of(found.textValue().contains(value.textValue()))
          : Comparison.wrong("a string or a list", found);
    };
  }

  private static Comparison glob(JsonNode value) {
    String expected = "a pattern in which * stands for any characters and ? for one";
    String pattern = text(value, expected);
    // Other programs read more into a pattern. Matching it otherwise than was meant opens a hole.
    if (pattern.chars().anyMatch(c -> "[]{}\\".indexOf(c) >= 0)) {
      throw invalid(expected, value);
    }
    Glob glob = Glob.ofText(pattern);
    return strings(glob::matches);
  }

  private static Comparison length(JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw invalid("a whole number of at least 0", value);
    }
    int most = value.intValue();
    return found -> {
      if (found.isArray()) {
        return Answer.of(found.size() <= most);
      }
      return found.isTextual()
          ? Answer.of(found.textValue().codePointCount(0, found.textValue().length()) <= most)
          : Comparison.wrong("a string or a list", found);
    };
  }

  static String text(JsonNode value, String expected) {
    if (!value.isTextual()) {
      throw invalid(expected, value);
    }
    return value.textValue();
  }

  /** One string, or a list of at least one. */
  static List<String> texts(JsonNode value, String expected) {
    if (value.isTextual()) {
      return List.of(value.textValue());
    }
    if (!value.isArray() || value.isEmpty()) {
      throw invalid(expected, value);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      texts.add(text(element, expected));
    }
    return texts;
  }

  static InvalidConfigException invalid(String expected, JsonNode value) {
    String found = value.isArray() && value.isEmpty() ? "an empty list" : Wording.found(value);
    return new InvalidConfigException("", expected, found);
  }
}
