package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Conditions.Quantifier;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.ResultConditions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compiles the conditions of the policy language (section 5). Stateless. */
public final class ConditionCompiler {
  private static final Match HOLDS = new Match.Holds();
  private static final Match FAILS = new Match.Fails();

  private final Dialect dialect;
  private final boolean withResult;

  public ConditionCompiler(Dialect dialect) {
    this(dialect, false);
  }

  private ConditionCompiler(Dialect dialect, boolean withResult) {
    this.dialect = dialect;
    this.withResult = withResult;
  }

  /**
   * Compiles conditions that may look at the result of a call as well, all of which must hold, and
   * for all elements of a list.
   *
   * @throws InvalidConfigException as {@link #compile}
   */
  public ResultConditions compileWithResult(String key, List<Condition> conditions) {
    Conditions compiled =
        new ConditionCompiler(dialect, true).compile(key, conditions, Quantifier.ALL);
    return (call, result) -> compiled.match(new AnsweredCall(call, result));
  }

  /**
   * Compiles conditions, all of which must hold.
   *
   * @param key the config key that they stand under
   * @throws InvalidConfigException with every problem found, by keys such as {@code
   *     conditions/0/op}
   */
  public Conditions compile(String key, List<Condition> conditions, Quantifier over) {
    List<InvalidConfigException.Problem> problems = new ArrayList<>();
    List<Conditions> compiled = each(key, conditions, over, problems);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return new ObservedGroup("", compiled, group(compiled, true));
  }

  private List<Conditions> each(
      String key,
      List<Condition> conditions,
      Quantifier over,
      List<InvalidConfigException.Problem> problems) {
    List<Conditions> compiled = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      compiled.add(one(below(key, Integer.toString(i)), conditions.get(i), over, problems));
    }
    return compiled;
  }

  private Conditions one(
      String key,
      Condition condition,
      Quantifier over,
      List<InvalidConfigException.Problem> problems) {
    int groups = count(condition.any(), condition.all(), condition.not());
    int parts = count(condition.path(), condition.op(), condition.value());
    if (groups == 0) {
      return comparison(key, condition, over, problems);
    }
    if (dialect == Dialect.VERSION_1 || groups + parts > 1) {
      String expected =
          dialect == Dialect.VERSION_1
              ? "\"path\", \"op\" and \"value\""
              : "either \"path\", \"op\" and \"value\", or one of \"any\", \"all\" and \"not\"";
      String found = dialect == Dialect.VERSION_1 ? "a group (needs a version 2 document)" : "both";
      problems.add(
          new InvalidConfigException.Problem(key, expected, groups > 1 ? "several groups" : found));
      return _ -> FAILS;
    }
    if (condition.any().isPresent()) {
      List<Conditions> members = some(below(key, "any"), condition.any().get(), over, problems);
      return new ObservedGroup("any of these", members, group(members, false));
    }
    if (condition.all().isPresent()) {
      List<Conditions> members = some(below(key, "all"), condition.all().get(), over, problems);
      return new ObservedGroup("all of these", members, group(members, true));
    }
    // "Not" turns round what is asked of the elements of a list: not (any is) = all are not.
    Quantifier turned = over == Quantifier.ALL ? Quantifier.ANY : Quantifier.ALL;
    Conditions turnedRound =
        one(below(key, "not"), condition.not().orElseThrow(), turned, problems);
    return new ObservedGroup("not this", List.of(turnedRound), negation(turnedRound));
  }

  private List<Conditions> some(
      String key,
      List<Condition> conditions,
      Quantifier over,
      List<InvalidConfigException.Problem> problems) {
    if (conditions.isEmpty()) {
      problems.add(
          new InvalidConfigException.Problem(key, "at least one condition", "an empty list"));
    }
    return each(key, conditions, over, problems);
  }

  private Conditions comparison(
      String key,
      Condition condition,
      Quantifier over,
      List<InvalidConfigException.Problem> problems) {
    Optional<Subject> subject = subject(key, condition, problems);
    Optional<Operator> operator = operator(key, condition, problems);
    if (condition.value().isEmpty()) {
      problems.add(
          new InvalidConfigException.Problem(
              below(key, "value"), "what to compare with", "nothing"));
    }
    if (subject.isEmpty() || operator.isEmpty() || condition.value().isEmpty()) {
      return _ -> FAILS;
    }
    JsonNode value = condition.value().get();
    try {
      Comparison comparison = operator.get().compile(value);
      checkChoices(subject.get(), operator.get(), value);
      return new ObservedCondition(
          subject.get(), operator.get().word(), value, judge(subject.get(), comparison, over));
    } catch (InvalidConfigException e) {
      e.problems()
          .forEach(problem ->
              problems.add(
                  new InvalidConfigException.Problem(
                      below(key, "value"), problem.expected(), problem.found())));
      return _ -> FAILS;
    }
  }

  private Optional<Subject> subject(
      String key, Condition condition, List<InvalidConfigException.Problem> problems) {
    String such =
        withResult
            ? "a path such as result.structuredContent.status or args.amount"
            : "a path such as args.amount, args.items[*].price or args[\"a.b\"]";
    String expected =
        dialect == Dialect.VERSION_1 ? such : such + ", or one of " + Wording.or(Subject.FACTS);
    if (condition.path().isEmpty()) {
      problems.add(new InvalidConfigException.Problem(below(key, "path"), expected, "nothing"));
      return Optional.empty();
    }
    String path = condition.path().get();
    Optional<Subject> subject =
        withResult ? Subject.parseWithResult(path, dialect) : Subject.parse(path, dialect);
    if (subject.isEmpty()) {
      boolean later =
          dialect == Dialect.VERSION_1 && Subject.parse(path, Dialect.VERSION_2).isPresent();
      String hint =
          later
              ? " (needs a version 2 document)"
              : dialect == Dialect.VERSION_2 ? Wording.didYouMean(path, Subject.FACTS) : "";
      problems.add(
          new InvalidConfigException.Problem(
              below(key, "path"), expected, Wording.quote(path) + hint));
    }
    return subject;
  }

  /** The words of the operators that conditions may have. */
  public static List<String> operators(Dialect dialect) {
    return Operator.words(dialect);
  }

  private Optional<Operator> operator(
      String key, Condition condition, List<InvalidConfigException.Problem> problems) {
    List<String> words = Operator.words(dialect);
    String at = below(key, "op");
    if (condition.op().isEmpty()) {
      problems.add(new InvalidConfigException.Problem(at, Wording.or(words), "nothing"));
      return Optional.empty();
    }
    String word = condition.op().get();
    Optional<Operator> operator = Operator.named(word);
    if (operator.filter(known -> known.isIn(dialect)).isPresent()) {
      return operator;
    }
    String hint =
        operator.isPresent() ? " (needs a version 2 document)" : Wording.didYouMean(word, words);
    problems.add(
        new InvalidConfigException.Problem(at, Wording.or(words), Wording.quote(word) + hint));
    return Optional.empty();
  }

  /** A value that can never be there is a mistake: the condition would silently never hold. */
  private static void checkChoices(Subject subject, Operator operator, JsonNode value) {
    List<JsonNode> equal = new ArrayList<>();
    List<JsonNode> bounds = new ArrayList<>();
    switch (operator) {
      case EQ, NEQ -> equal.add(value);
      case IN, NOT_IN -> value.forEach(equal::add);
      case LT, LTE, GT, GTE -> bounds.add(value);
      default -> {}
    }
    if (!subject.choices().isEmpty()) {
      equal.forEach(wanted -> checkChoice(wanted, subject.choices()));
    } else if (subject.text().equals(Subject.HOUR)) {
      equal.forEach(wanted -> checkHour(wanted, 23));
      bounds.forEach(wanted -> checkHour(wanted, operator == Operator.LT ? 24 : 23));
    } else if (subject.isText()) {
      equal.stream()
          .filter(wanted -> !wanted.isTextual())
          .findFirst()
          .ifPresent(wanted -> {
            throw new InvalidConfigException("", "a string", Wording.found(wanted));
          });
    }
  }

  private static void checkChoice(JsonNode wanted, List<String> choices) {
    if (!wanted.isTextual() || !choices.contains(wanted.textValue())) {
      String hint = wanted.isTextual() ? Wording.didYouMean(wanted.textValue(), choices) : "";
      throw new InvalidConfigException("", Wording.or(choices), Wording.found(wanted) + hint);
    }
  }

  private static void checkHour(JsonNode wanted, int last) {
    boolean hour =
        wanted.isNumber()
            && wanted.decimalValue().signum() >= 0
            && wanted.decimalValue().compareTo(BigDecimal.valueOf(last)) <= 0;
    if (!hour) {
      throw new InvalidConfigException("", "a whole number from 0 to 23", Wording.found(wanted));
    }
  }

  private static Conditions judge(Subject subject, Comparison comparison, Quantifier over) {
    return call -> {
      ValuePath.Found found = subject.test(call, comparison, over);
      return switch (found.answer()) {
        case Answer.Yes _ -> HOLDS;
        case Answer.No _ -> FAILS;
        case Answer.Wrong(String must) -> new Match.WrongType(found.at() + " " + must + ".");
      };
    };
  }

  /** A wrong type anywhere in a group wins, so every member is asked. */
  private static Conditions group(List<Conditions> members, boolean all) {
    List<Conditions> each = List.copyOf(members);
    return call -> {
      boolean every = true;
      boolean some = false;
      for (Conditions member : each) {
        switch (member.match(call)) {
          case Match.Holds _ -> some = true;
          case Match.Fails _ -> every = false;
          case Match.WrongType wrong -> {
            return wrong;
          }
        }
      }
      return (all ? every : some) ? HOLDS : FAILS;
    };
  }

  private static Conditions negation(Conditions condition) {
    return (Call call) ->
        switch (condition.match(call)) {
          case Match.Holds _ -> FAILS;
          case Match.Fails _ -> HOLDS;
          case Match.WrongType wrong -> wrong;
        };
  }

  private static int count(Optional<?>... parts) {
    int present = 0;
    for (Optional<?> part : parts) {
      present += part.isPresent() ? 1 : 0;
    }
    return present;
  }

  private static String below(String key, String step) {
    return key.isEmpty() ? step : key + "/" + step;
  }
}
