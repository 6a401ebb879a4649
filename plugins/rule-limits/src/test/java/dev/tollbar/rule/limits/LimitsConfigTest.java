package dev.tollbar.rule.limits;

import static dev.tollbar.rule.limits.Configs.json;
import static dev.tollbar.rule.limits.Configs.limits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.Default;
import dev.tollbar.api.InvalidConfigException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the configs accept, and what they say when they do not. */
class LimitsConfigTest {

  @ParameterizedTest
  @EnumSource(Calendar.class)
  void readsTheUnitsOfTheCalendar(Calendar calendar) {
    String unit = calendar.name().toLowerCase(Locale.ROOT);

    assertThat(LimitWindow.of(json("\"" + unit + "\"")))
        .isEqualTo(new LimitWindow(calendar, "per " + unit));
  }

  @ParameterizedTest
  @CsvSource({
    "1s, PT1S, in any 1 s",
    "90s, PT90S, in any 90 s",
    "60s, PT60S, in any 1 min",
    "15m, PT15M, in any 15 min",
    "36h, PT36H, in any 36 h",
    "366d, P366D, in any 366 d"
  })
  void readsDurations(String text, Duration length, String phrase) {
    assertThat(LimitWindow.of(json("\"" + text + "\"")))
        .isEqualTo(new LimitWindow(new Window.Rolling(length), phrase));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"30 sec\"",
        "\"Minute\"",
        "\"minute \"",
        "\"\"",
        "\"-1s\"",
        "\"1.5h\"",
        "\"90\"",
        "60",
        "null",
        "[]"
      })
  void refusesOtherWindows(String window) {
    refuses(
        () -> LimitWindow.of(json(window)),
        ": expected second, minute, hour, day, week, month or a duration such as \"90s\"; found "
            + window);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"0s\"", "\"367d\"", "\"999999999d\""})
  void refusesWindowsOfNoTimeAndOfMoreThanAYear(String window) {
    refuses(
        () -> LimitWindow.of(json(window)),
        ": expected a duration from 1s to 366d; found " + window);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "60", "\"60\"", "\"5000.00\"", "\"0.3\"", "12345678901234567890"})
  void readsMaximaExactly(String max) {
    String digits = max.replace("\"", "");

    assertThat(Max.of(json(max))).isEqualTo(new Max(digits, new BigDecimal(digits)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.3", "-1", "\"-1\"", "\"1e3\"", "\".5\"", "\"ten\"", "true", "null"})
  void refusesOtherMaxima(String max) {
    refuses(
        () -> Max.of(json(max)),
        ": expected a whole number, 0 or more, or a decimal in quotes such as \"5000.00\"; found "
            + max);
  }

  @Test
  void escapesAndCutsWhatItQuotes() {
    refuses(
        () -> Max.of(json("\"\\n" + "x".repeat(500) + "\"")),
        ": expected a whole number, 0 or more, or a decimal in quotes such as \"5000.00\"; found"
            + " \"\\n"
            + "x".repeat(77)
            + "…");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"user\"", "\"args\"", "\"args.\"", "\"args.items[*].id\"", "7"})
  void refusesOtherScopes(String scope) {
    refuses(
        () -> Scopes.of(json(scope)),
        ": expected grant, server, session, global or an argument such as args.customer, or a list"
            + " of these; found "
            + scope);
  }

  @Test
  void refusesOtherScopesInAListAllAtOnce() {
    refuses(
        () -> Scopes.of(json("[\"grant\", \"user\", \"grant\", 7]")),
        """
        1: expected grant, server, session, global or an argument such as args.customer; found "user"
        2: expected each scope once; found "grant" again
        3: expected grant, server, session, global or an argument such as args.customer; found 7\
        """);
    refuses(() -> Scopes.of(json("[]")), ": expected at least one scope; found []");
  }

  @Test
  void refusesAnotherAnswerToAStoreThatIsDown() {
    refuses(
        () -> OnFailure.of(json("\"ajar\"")), ": expected \"closed\" or \"open\"; found \"ajar\"");
  }

  @Test
  void refusesALimitWithoutMaxOrWindow() {
    refuses(
        () -> limits("{}"),
        ": expected max and window, or concurrency; found no max and no window");
    refuses(
        () -> limits("{\"window\": \"day\"}"),
        ": expected max and window, or concurrency; found no max");
    refuses(
        () -> limits("{\"max\": 1}"), ": expected max and window, or concurrency; found no window");
  }

  @Test
  void refusesConcurrencyBesideAWindow() {
    refuses(
        () ->
            limits("{\"max\": 1, \"window\": \"day\", \"concurrency\": 2, \"amount\": \"args.n\"}"),
        ": expected max and window, or concurrency; found concurrency with max and window and amount");
  }

  @Test
  void reportsEveryProblemAtOnce() {
    refuses(
        () ->
            limits(
                """
                {"concurrency": 0, "counter": " "}
                """),
        """
        concurrency: expected a whole number, 1 or more; found 0
        counter: expected a name; found " \"\
        """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'is_error' | : expected ['is_error'] or a list of conditions on the result; found 'is_error'",
        "['timeout'] | 0: expected is_error or a condition; found 'timeout'",
        "['is_error', 'is_error'] | 1: expected is_error or a condition; found 'is_error' again",
        "['is_error', {'path': 'result.a', 'op': 'eq', 'value': 1}] "
            + "| : expected ['is_error'] or a list of conditions on the result; found both",
        "[{'path': 1}] | 0/path: expected a string; found 1",
        "[{'any': [1], 'all': {}, 'not': []}] | `0/all: expected a list; found {}\n"
            + "0/not: expected an object; found []\n0/any/0: expected an object; found 1`",
        "[{'pth': 'result.a'}] "
            + "| 0/pth: expected path, op and value, or one of any, all and not; found the key 'pth'"
      })
  void refusesARefundThatItCannotMakeOut(String config, String message) {
    refuses(() -> RefundOn.of(json(config.replace('\'', '"'))), message.replace('\'', '"'));
  }

  @Test
  void readsConditionsOfARefundAsEverywhere() {
    RefundOn refund =
        RefundOn.of(
            json(
                """
                [{"path": "result.a", "op": "eq", "value": null}, {"not": {"any": [
                  {"path": "result.b", "op": "eq", "value": 2}]}}]
                """));
    Condition second = Condition.of("result.b", "eq", json("2"));
    Condition any =
        new Condition(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(List.of(second)),
            Optional.empty(),
            Optional.empty());

    assertThat(refund.toolErrors()).isFalse();
    assertThat(refund.conditions())
        .containsExactly(
            Condition.of("result.a", "eq", json("null")),
            new Condition(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(any)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"amount", "args", "args.items[*].price", "args.a..b", "args[\"a]"})
  void refusesAnAmountThatIsNotOneArgument(String path) {
    refuses(
        () ->
            limits(
                "{\"max\": 1, \"window\": \"day\", \"amount\": %s}"
                    .formatted(TextNode.valueOf(path))),
        "amount: expected one argument such as args.amount; found " + TextNode.valueOf(path));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -60, 31_622_401, Long.MAX_VALUE})
  void refusesARateLimitWithoutALength(long window) {
    refuses(
        () -> new RateLimitConfig(Max.of(json("10")), window),
        "window: expected seconds as a whole number, 1 to 31622400; found " + window);
  }

  @Test
  void defaultsAreThoseOfThePolicyLanguage() {
    Map<String, String> defaults =
        Stream.of(LimitsConfig.class, RateLimitConfig.class)
            .flatMap(config -> Arrays.stream(config.getRecordComponents()))
            .filter(component -> component.isAnnotationPresent(Default.class))
            .collect(
                Collectors.toMap(
                    component -> component.getName(),
                    component -> component.getAnnotation(Default.class).value()));

    assertThat(defaults)
        .isEqualTo(Map.of("scope", "\"grant\"", "refundOn", "[]", "fail", "\"closed\""));
  }

  private static void refuses(ThrowingCallable reading, String message) {
    assertThatThrownBy(reading).isInstanceOf(InvalidConfigException.class).hasMessage(message);
  }
}
