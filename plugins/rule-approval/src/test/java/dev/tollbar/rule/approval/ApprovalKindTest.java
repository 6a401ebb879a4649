package dev.tollbar.rule.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Conditions.Quantifier;
import dev.tollbar.api.Default;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Question;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApprovalKindTest {
  private static final List<Condition> WHEN =
      List.of(Condition.of("args.amount", "gt", IntNode.valueOf(100)));
  private static final Question QUESTION =
      new Question(
          "Refunds above 100 need finance.",
          Optional.of("ops"),
          Duration.ofMinutes(30),
          Duration.ofSeconds(20),
          2);

  private static final Reuse ONCE = Reuse.of(TextNode.valueOf("once"));

  private final FakeContext context = new FakeContext();

  @Test
  void asksAlwaysWithoutConditions() throws InterruptedException {
    Rule rule = new ApprovalKind().create(config(Optional.empty()), context);

    assertThat(rule.evaluate(new AnyCall())).isEqualTo(Verdict.ask(QUESTION));
    assertThat(context.compiled).isNull();
  }

  @Test
  void asksWhenTheConditionsHoldForAnyElement() throws InterruptedException {
    assertThat(evaluate(new Match.Holds())).isEqualTo(Verdict.ask(QUESTION));
    assertThat(context.compiled).isEqualTo(new FakeContext.Compiled("when", WHEN, Quantifier.ANY));
  }

  @Test
  void permitsWhenTheConditionsFail() throws InterruptedException {
    assertThat(evaluate(new Match.Fails())).isEqualTo(Verdict.permit());
  }

  @Test
  void deniesAValueOfTheWrongTypeAndSaysWhich() throws InterruptedException {
    assertThat(evaluate(new Match.WrongType("args.amount must be a number.")))
        .isEqualTo(Verdict.deny("args.amount must be a number.").keepingReason());
  }

  @Test
  void asksWithAnEmptyReasonWhereTheDocumentGivesNone() throws InterruptedException {
    ApprovalConfig config =
        new ApprovalConfig(
            Optional.empty(),
            Optional.empty(),
            span("15m"),
            span("0s"),
            1,
            ONCE,
            Question.Via.PEOPLE,
            Optional.empty());

    assertThat(new ApprovalKind().create(config, context).evaluate(new AnyCall()))
        .isEqualTo(
            Verdict.ask(
                new Question("", Optional.empty(), Duration.ofMinutes(15), Duration.ZERO, 1)));
  }

  @Test
  void takesNothingAndReadsNoResult() throws InterruptedException {
    Rule rule = new ApprovalKind().create(config(Optional.empty()), context);

    assertThat(rule.reserve(new AnyCall())).isSameAs(Reservation.NOTHING);
    assertThat(rule.readsResults()).isFalse();
  }

  @Test
  void isNamedApproval() {
    assertThat(new ApprovalKind().name()).isEqualTo("approval");
    assertThat(new ApprovalKind().configType()).isEqualTo(ApprovalConfig.class);
  }

  @Test
  void defaultsAreThoseOfThePolicyLanguage() {
    Map<String, String> defaults =
        Arrays.stream(ApprovalConfig.class.getRecordComponents())
            .filter(component -> component.isAnnotationPresent(Default.class))
            .collect(
                Collectors.toMap(
                    component -> component.getName(),
                    component -> component.getAnnotation(Default.class).value()));

    assertThat(defaults)
        .isEqualTo(
            Map.of(
                "within", "\"15m\"",
                "hold", "\"30s\"",
                "approvers", "1",
                "reuse", "\"once\"",
                "via", "\"people\""));
  }

  @Test
  void reportsEveryProblemAtOnce() {
    assertThatThrownBy(() ->
            new ApprovalConfig(
                Optional.empty(),
                Optional.empty(),
                span("31d"),
                span("601s"),
                0,
                ONCE,
                Question.Via.PEOPLE,
                Optional.empty()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            """
            within: expected a duration from 1s to 30d; found "31d"
            hold: expected a duration from 0s to 10m; found "601s"
            approvers: expected a whole number, 1 or more; found 0\
            """);
  }

  @Test
  void refusesToWaitForNoTime() {
    assertThatThrownBy(() ->
            new ApprovalConfig(
                Optional.empty(),
                Optional.empty(),
                span("0s"),
                span("0s"),
                1,
                ONCE,
                Question.Via.PEOPLE,
                Optional.empty()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("within: expected a duration from 1s to 30d; found \"0s\"");
  }

  @Test
  void asksWhoeverSitsAtTheClientAndLetsAnAnswerBeUsedAgain() throws InterruptedException {
    ApprovalConfig config =
        new ApprovalConfig(
            Optional.empty(),
            Optional.empty(),
            span("15m"),
            span("2m"),
            1,
            Reuse.of(TextNode.valueOf("1h")),
            Question.Via.ELICITATION,
            Optional.empty());

    assertThat(new ApprovalKind().create(config, context).evaluate(new AnyCall()))
        .isEqualTo(
            Verdict.ask(
                new Question(
                    "",
                    Optional.empty(),
                    Duration.ofMinutes(15),
                    Duration.ofMinutes(2),
                    1,
                    Duration.ofHours(1),
                    Question.Via.ELICITATION)));
  }

  @Test
  void mustHoldACallWhoseClientIsAsked() {
    assertThatThrownBy(() ->
            new ApprovalConfig(
                Optional.empty(),
                Optional.empty(),
                span("15m"),
                span("0s"),
                1,
                ONCE,
                Question.Via.ELICITATION,
                Optional.empty()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("hold: expected more than 0s beside via: elicitation; found \"0s\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"always\"", "\"0s\"", "\"31d\"", "\"1 hour\"", "3600", "true"})
  void refusesOtherReuses(String json) throws JsonProcessingException {
    JsonNode value = new JsonMapper().readTree(json);

    assertThatThrownBy(() -> Reuse.of(value))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            ": expected \"once\", or a duration from 1s to 30d such as \"1h\"; found " + json);
  }

  @ParameterizedTest
  @CsvSource({"1s, PT1S", "15m, PT15M", "2h, PT2H", "30d, PT720H", "999999999d, PT23999999976H"})
  void readsDurations(String text, Duration length) {
    assertThat(span(text)).isEqualTo(new Span(text, length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"30 sec\"",
        "\"\"",
        "\"-1s\"",
        "\"1.5h\"",
        "\"1h30m\"",
        "\"9999999999s\"",
        "30",
        "null"
      })
  void refusesOtherDurations(String json) throws JsonProcessingException {
    JsonNode value = new JsonMapper().readTree(json);

    assertThatThrownBy(() -> Span.of(value))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(": expected a duration such as \"30s\", \"15m\" or \"2h\"; found " + json);
  }

  @Test
  void escapesAndCutsWhatItQuotes() {
    assertThatThrownBy(() -> span("\n\"" + "x".repeat(500)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            ": expected a duration such as \"30s\", \"15m\" or \"2h\"; found \"\\n\\\""
                + "x".repeat(75)
                + "…");
  }

  private Verdict evaluate(Match match) throws InterruptedException {
    context.match = match;
    return new ApprovalKind().create(config(Optional.of(WHEN)), context).evaluate(new AnyCall());
  }

  private static ApprovalConfig config(Optional<List<Condition>> when) {
    return new ApprovalConfig(
        when,
        Optional.of("ops"),
        span("30m"),
        span("20s"),
        2,
        ONCE,
        Question.Via.PEOPLE,
        Optional.of("Refunds above 100 need finance."));
  }

  private static Span span(String text) {
    return Span.of(TextNode.valueOf(text));
  }
}
