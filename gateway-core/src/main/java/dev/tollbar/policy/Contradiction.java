package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether conditions on one value contradict each other, so that no value meets them all. Says so
 * only where it is sure: conditions that it does not see through may contradict each other too.
 */
public final class Contradiction {

  /**
   * A condition that document readers have accepted.
   *
   * @param op the operator's word
   */
  public record Asked(String op, JsonNode value) {}

  private record Compiled(Operator operator, JsonNode value, Comparison comparison) {}

  private Contradiction() {}

  /** Whether no value, and no absence of one, meets all of these. */
  public static boolean in(List<Asked> conditions) {
    List<Compiled> compiled = new ArrayList<>();
    for (Asked asked : conditions) {
      Operator operator = Operator.named(asked.op()).orElseThrow();
      compiled.add(new Compiled(operator, asked.value(), operator.compile(asked.value())));
    }
    if (existsAndDoesNot(compiled)) {
      return true;
    }
    if (compiled.stream().allMatch(Contradiction::meetsAbsence)) {
      return false;
    }
    return candidates(compiled)
        .map(some -> some.stream().noneMatch(value -> meetsAll(value, compiled)))
        .orElseGet(() -> emptyRange(compiled) || strangeEnds(compiled));
  }

  private static boolean meetsAbsence(Compiled condition) {
    return condition.comparison().missing().equals(Answer.YES);
  }

  private static boolean existsAndDoesNot(List<Compiled> conditions) {
    return conditions.stream()
            .filter(condition -> condition.operator() == Operator.EXISTS)
            .map(condition -> condition.value().booleanValue())
            .distinct()
            .count()
        == 2;
  }

  /** The only values that can meet the conditions, if one of them says which. */
  private static Optional<List<JsonNode>> candidates(List<Compiled> conditions) {
    for (Compiled condition : conditions) {
      if (condition.operator() == Operator.EQ) {
        return Optional.of(List.of(condition.value()));
      }
      if (condition.operator() == Operator.IN) {
        List<JsonNode> values = new ArrayList<>();
        condition.value().forEach(values::add);
        return Optional.of(values);
      }
    }
    return Optional.empty();
  }

  /** What cannot be judged counts as met: it is not for sure that it is not. */
  private static boolean meetsAll(JsonNode value, List<Compiled> conditions) {
    return conditions.stream()
        .noneMatch(condition -> condition.comparison().test(value).equals(Answer.NO));
  }

  private static boolean emptyRange(List<Compiled> conditions) {
    for (Compiled low : conditions) {
      for (Compiled high : conditions) {
        if (isLower(low.operator()) && isUpper(high.operator())) {
          int order = number(low).compareTo(number(high));
          boolean both = low.operator() == Operator.GTE && high.operator() == Operator.LTE;
          if (order > 0 || (order == 0 && !both)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean isLower(Operator operator) {
    return operator == Operator.GT || operator == Operator.GTE;
  }

  private static boolean isUpper(Operator operator) {
    return operator == Operator.LT || operator == Operator.LTE;
  }

  private static BigDecimal number(Compiled condition) {
    return JsonEquality.number(condition.value()).orElseThrow();
  }

  /** Two beginnings, or two ends, of which neither is one of the other. */
  private static boolean strangeEnds(List<Compiled> conditions) {
    for (Compiled one : conditions) {
      for (Compiled other : conditions) {
        String first = one.value().asText();
        String second = other.value().asText();
        boolean beginnings = both(Operator.STARTS_WITH, one, other);
        boolean ends = both(Operator.ENDS_WITH, one, other);
        if ((beginnings && !first.startsWith(second) && !second.startsWith(first))
            || (ends && !first.endsWith(second) && !second.endsWith(first))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean both(Operator operator, Compiled one, Compiled other) {
    return one.operator() == operator && other.operator() == operator;
  }
}
