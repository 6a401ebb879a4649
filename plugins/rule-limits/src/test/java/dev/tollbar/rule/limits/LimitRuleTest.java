package dev.tollbar.rule.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitRuleTest {
  private static final FakeCall CALL = FakeCall.with("{}");

  private final FakeContext context = new FakeContext();

  @Test
  void admits60PerMinuteAndRefusesThe61st() throws InterruptedException {
    Rule rule = limits("{'max': 60, 'window': 'minute'}");
    for (int i = 0; i < 60; i++) {
      assertThat(rule.evaluate(CALL)).isEqualTo(Verdict.permit());
      assertThat(rule.reserve(CALL).refusal()).isEmpty();
    }
    Verdict.Deny denial =
        Verdict.overLimit(
            "Limit reached: 60 per minute. Try again in 23 s.", Duration.ofSeconds(23), "0");

    assertThat(rule.evaluate(CALL)).isEqualTo(denial);
    assertThat(rule.reserve(CALL).refusal()).contains(denial);
  }

  @Test
  void saysWhatIsLeftAndWhenItResets() throws InterruptedException {
    Rule rule = limits("{'max': 5, 'window': 'minute'}");
    rule.reserve(CALL);

    assertThat(rule.reserve(CALL).usage())
        .containsExactly(
            new LimitUsage(
                "5 per minute",
                new BigDecimal("5"),
                new BigDecimal("3"),
                Optional.of(Duration.ofMinutes(1))));
  }

  @Test
  void doesNotKnowWhenACallInFlightEnds() throws InterruptedException {
    assertThat(limits("{'concurrency': 5}").reserve(CALL).usage())
        .singleElement()
        .satisfies(usage -> assertThat(usage.resetsAfter()).isEmpty());
  }

  @Test
  void saysWhatIsLeftBeforeACallAndTakesNothing() throws InterruptedException {
    Rule rule = limits("{'amount': 'args.amount', 'max': '10.50', 'window': 'day'}");
    FakeCall call = FakeCall.with("{\"amount\": 10}");
    rule.reserve(call);

    for (int i = 0; i < 2; i++) {
      assertThat(rule.usage(call))
          .containsExactly(
              new LimitUsage(
                  "10.50 per day",
                  new BigDecimal("10.50"),
                  new BigDecimal("0.50"),
                  Optional.of(Duration.ofDays(1))));
    }
    // Whatever the call asks for: the amount does not matter to what is left.
    assertThat(rule.usage(FakeCall.with("{\"amount\": \"ten\"}")))
        .singleElement()
        .satisfies(usage -> assertThat(usage.remaining()).isEqualByComparingTo("0.50"));
    assertThat(rule.usage(call.again())).hasSize(1);
  }

  @Test
  void lessThanNothingIsNeverLeft() throws InterruptedException {
    context.counters.used.put(
        List.of("server tickets", "grant laptop"), new BigDecimal("7")); // of a higher maximum

    assertThat(limits("{'max': 5, 'window': 'day'}").usage(CALL))
        .singleElement()
        .satisfies(usage -> assertThat(usage.remaining()).isEqualByComparingTo("0"));
  }

  @Test
  void aCallThatCannotBeCountedHasNoLimitThatItCouldSpend() throws InterruptedException {
    Rule rule = limits("{'max': 5, 'window': 'day', 'scope': 'args.customer'}");

    assertThat(rule.usage(CALL)).isEmpty();
    assertThat(rule.evaluate(CALL)).isInstanceOf(Verdict.Deny.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"closed", "open"})
  void whatIsLeftCannotBeToldWhileCountersAreDown(String fail) throws InterruptedException {
    Rule rule = limits("{'max': 5, 'window': 'day', 'fail': '%s'}".formatted(fail));
    context.counters.down = true;

    assertThatThrownBy(() -> rule.usage(CALL))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("connection refused");
  }

  @Test
  void evaluatingTakesNothing() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'minute'}");

    for (int i = 0; i < 3; i++) {
      assertThat(rule.evaluate(CALL)).isEqualTo(Verdict.permit());
    }
    assertThat(context.counters.used).isEmpty();
  }

  @Test
  void asksForTheLimitOfTheDocument() throws InterruptedException {
    limits("{'max': '5000.00', 'window': 'day', 'counter': 'pay'}").evaluate(CALL);

    assertThat(context.counters.asked)
        .containsExactly(
            new Limit(
                Optional.of("pay"),
                List.of("server tickets", "grant laptop"),
                "laptop",
                Calendar.DAY,
                new BigDecimal("5000.00")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'grant' | server tickets, grant laptop",
        "'server' | server tickets",
        "'session' | server tickets, grant laptop, session s1",
        "'global' | ",
        "['global', 'grant'] | grant laptop",
        "['grant', 'args.customer'] | server tickets, \"args.customer\" \"c 7\", grant laptop",
        "['args.customer', 'grant'] | server tickets, \"args.customer\" \"c 7\", grant laptop",
        "'args[\\\"a.b\\\"]' | server tickets, \"args[\\\"a.b\\\"]\" 1E+2",
        "'args.items[1].id' | server tickets, \"args.items[1].id\" true"
      })
  void countsByScope(String scope, String expected) throws InterruptedException {
    FakeCall call =
        FakeCall.with(
            """
            {"customer": "c 7", "a.b": 100.0, "a": {"b": 5}, "items": [{}, {"id": true}]}
            """);
    limits("{'max': 1, 'window': 'day', 'scope': %s}".formatted(scope)).evaluate(call.in("s1"));

    assertThat(String.join(", ", context.counters.asked.getFirst().scope()))
        .isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void withoutASessionALimitOfSessionsCountsByGrantAndApartFromThoseOfGrants()
      throws InterruptedException {
    limits("{'max': 1, 'window': 'day', 'scope': 'session'}").evaluate(FakeCall.with("{}"));

    assertThat(context.counters.asked.getFirst().scope())
        .containsExactly("server tickets", "grant laptop", "no session");
  }

  @Test
  void serversAndGrantsCountApart() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day'}");

    assertThat(rule.reserve(CALL).refusal()).isEmpty();
    assertThat(rule.reserve(CALL.by("desktop")).refusal()).isEmpty();
    assertThat(rule.reserve(CALL.on("files")).refusal()).isEmpty();
    assertThat(rule.reserve(CALL).refusal()).isPresent();
  }

  @Test
  void equalNumbersAreOneScopeAndTextsAreNotNumbers() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day', 'scope': 'args.id'}");

    assertThat(rule.reserve(FakeCall.with("{\"id\": 1}")).refusal()).isEmpty();
    assertThat(rule.reserve(FakeCall.with("{\"id\": 1.0}")).refusal()).isPresent();
    assertThat(rule.reserve(FakeCall.with("{\"id\": 10e-1}")).refusal()).isPresent();
    assertThat(rule.reserve(FakeCall.with("{\"id\": \"1\"}")).refusal()).isEmpty();
    assertThat(rule.reserve(FakeCall.with("{\"id\": true}")).refusal()).isEmpty();
    assertThat(rule.reserve(FakeCall.with("{\"id\": \"true\"}")).refusal()).isEmpty();
  }

  @Test
  void aClientWithoutSessionsCountsPerGrant() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day', 'scope': 'session'}");

    assertThat(rule.reserve(CALL.in("s1")).refusal()).isEmpty();
    assertThat(rule.reserve(CALL.in("s2")).refusal()).isEmpty();
    assertThat(rule.reserve(CALL).refusal()).isEmpty();
    assertThat(rule.reserve(CALL).refusal()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | args.customer is needed: calls are counted by it.",
        "{\"customer\": null} | args.customer is needed: calls are counted by it.",
        "{\"customer\": {}} | args.customer must be a text, a number or a boolean.",
        "{\"customer\": [1]} | args.customer must be a text, a number or a boolean.",
        "{\"customer\": 1e400} | args.customer is out of the range that can be counted."
      })
  void deniesWithoutAScopeThatItCanCountBy(String arguments, String reason)
      throws InterruptedException {
    denies(
        limits("{'max': 1, 'window': 'day', 'scope': 'args.customer'}"),
        FakeCall.with(arguments),
        reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | args.amount is needed, as a number.",
        "{\"amount\": null} | args.amount is needed, as a number.",
        "{\"amount\": -5} | args.amount must not be negative.",
        "{\"amount\": -0.1} | args.amount must not be negative.",
        "{\"amount\": \"5\"} | args.amount must be a number, not a text.",
        "{\"amount\": true} | args.amount must be a number, not a boolean.",
        "{\"amount\": [5]} | args.amount must be a number, not a list.",
        "{\"amount\": {}} | args.amount must be a number, not an object.",
        "{\"amount\": 1e400} | args.amount is out of the range that can be counted.",
        "{\"amount\": 1e101} | args.amount is out of the range that can be counted.",
        "{\"amount\": 1e-101} | args.amount is out of the range that can be counted."
      })
  void deniesAmountsThatItCannotCount(String arguments, String reason) throws InterruptedException {
    denies(
        limits("{'max': 1, 'window': 'day', 'amount': 'args.amount'}"),
        FakeCall.with(arguments),
        reason);
  }

  @Test
  void deniesAmountsOfMoreThan100Digits() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day', 'amount': 'args.amount'}");

    denies(
        rule,
        FakeCall.with("{\"amount\": 0.%s}".formatted("1".repeat(101))),
        "args.amount is out of the range that can be counted.");
    assertThat(rule.evaluate(FakeCall.with("{\"amount\": 0.%s}".formatted("1".repeat(100)))))
        .isEqualTo(Verdict.permit());
  }

  @Test
  void countsDecimalsExactly() throws InterruptedException {
    Rule rule = limits("{'max': '0.3', 'window': 'day', 'amount': 'args.amount'}");
    FakeCall call = FakeCall.with("{\"amount\": 0.1}");

    for (int i = 0; i < 3; i++) {
      assertThat(rule.reserve(call).refusal()).isEmpty();
    }
    assertThat(rule.reserve(call).refusal())
        .contains(
            Verdict.overLimit(
                "Limit reached: 0.3 per day. Left: 0.0. Try again in 23 s.",
                Duration.ofSeconds(23),
                "0.0"));
  }

  @Test
  void saysWhatIsLeftOfAnAmount() throws InterruptedException {
    Rule rule = limits("{'max': '5000.00', 'window': 'day', 'amount': 'args.amount'}");
    context.counters.retryAfter = Duration.ofMinutes(150);
    rule.reserve(FakeCall.with("{\"amount\": 4879.5}"));

    assertThat(rule.evaluate(FakeCall.with("{\"amount\": 121}")))
        .isEqualTo(
            Verdict.overLimit(
                "Limit reached: 5000.00 per day. Left: 120.50. Try again in 3 h.",
                Duration.ofMinutes(150),
                "120.50"));
  }

  @Test
  void saysWhenAnAmountCanNeverFit() throws InterruptedException {
    Rule rule = limits("{'max': '5000.00', 'window': 'day', 'amount': 'args.amount'}");

    assertThat(rule.evaluate(FakeCall.with("{\"amount\": 6000}")))
        .isEqualTo(
            new Verdict.Deny(
                Verdict.Code.LIMIT,
                "Above the limit: 5000.00 per day. This can never fit.",
                false,
                Optional.empty(),
                Optional.of("5000.00")));
  }

  static List<Outcome> failures() {
    return List.of(
        new Outcome.NotDelivered(),
        new Outcome.TransportFailed(),
        new Outcome.Cancelled(),
        new Outcome.ProtocolError(-32603));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void givesBackWhatAFailedCallTook(Outcome outcome) throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day'}");

    rule.reserve(CALL).settle(outcome);

    assertThat(rule.reserve(CALL).refusal()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "false, '', false",
    "true, '', false",
    "false, is_error, false",
    "true, is_error, true"
  })
  void keepsWhatAnAnsweredCallTookExceptToolErrorsIfTheDocumentSaysSo(
      boolean isError, String refundOn, boolean givesBack) throws InterruptedException {
    Rule rule =
        limits(
            "{'max': 1, 'window': 'day', 'refund_on': [%s]}"
                .formatted(refundOn.isEmpty() ? "" : "'" + refundOn + "'"));

    rule.reserve(CALL).settle(new Outcome.Answered(isError, Optional.empty()));

    assertThat(rule.reserve(CALL).refusal().isEmpty()).isEqualTo(givesBack);
    assertThat(rule.readsResults()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"'declined' | true", "'approved' | false", "7 | false", "`` | false"})
  void givesBackWhatTookACallWhoseResultTheDocumentNames(String result, boolean givesBack)
      throws InterruptedException {
    Rule rule =
        limits(
            "{'max': 1, 'window': 'day', 'refund_on': "
                + "[{'path': 'result.status', 'op': 'eq', 'value': 'declined'}]}");
    Optional<JsonNode> read =
        Optional.of(result)
            .filter(text -> !text.isEmpty())
            .map(text -> Configs.json(text.replace('\'', '"')));

    assertThat(rule.readsResults()).isTrue();
    rule.reserve(CALL).settle(new Outcome.Answered(true, read));

    assertThat(rule.reserve(CALL).refusal().isEmpty()).isEqualTo(givesBack);
  }

  @Test
  void givesBackWhatWasInFlightWhateverTheOutcome() throws InterruptedException {
    Rule rule = limits("{'concurrency': 1}");
    context.counters.retryAfter = Duration.ofSeconds(1);
    Reservation first = rule.reserve(CALL);

    assertThat(context.counters.asked.getFirst().window()).isEqualTo(new Window.InFlight());
    assertThat(rule.reserve(CALL).refusal())
        .contains(
            Verdict.overLimit(
                "Limit reached: 1 at once. Try again in 1 s.", Duration.ofSeconds(1), "0"));
    first.settle(new Outcome.Answered(false, Optional.empty()));
    assertThat(rule.reserve(CALL).refusal()).isEmpty();
  }

  @Test
  void deniesWhileTheCountersAreDownAndLogsOnceAMinute() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day'}");
    context.counters.down = true;
    Verdict.Deny denial =
        new Verdict.Deny(
            Verdict.Code.STORE_UNAVAILABLE,
            "The limit of this tool cannot be checked at the moment. Try again later.",
            false,
            Optional.empty(),
            Optional.empty());

    assertThat(rule.evaluate(CALL)).isEqualTo(denial);
    assertThat(rule.reserve(CALL).refusal()).contains(denial);
    assertThat(context.logged())
        .containsExactly(
            "/tools/pay/limits/0: counters are down, calls are denied: connection refused");
  }

  @Test
  void permitsWhileTheCountersAreDownIfTheDocumentSaysSoAndLogsOnceAMinute()
      throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day', 'fail': 'open'}");
    context.counters.down = true;

    for (int second = 0; second < 120; second++) {
      assertThat(rule.evaluate(CALL)).isEqualTo(Verdict.permit());
      assertThat(rule.reserve(CALL)).isSameAs(Reservation.NOTHING);
      context.now = context.now.plusSeconds(1);
    }

    String down =
        "/tools/pay/limits/0: counters are down, calls pass unmetered (fail: open): connection"
            + " refused";
    assertThat(context.logged())
        .containsExactly(
            "/tools/pay/limits/0 of policy tickets has fail: open; calls pass unmetered while"
                + " counters are down",
            down,
            down);
  }

  @Test
  void failOpenLetsNoCallPassForWantOfRoom() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day', 'fail': 'open'}");
    context.counters.full = true;
    Verdict.Deny denial =
        new Verdict.Deny(
            Verdict.Code.STORE_UNAVAILABLE,
            "The limit of this tool cannot be checked at the moment. Try again later.",
            false,
            Optional.empty(),
            Optional.empty());

    assertThat(rule.evaluate(CALL)).isEqualTo(denial);
    assertThat(rule.reserve(CALL).refusal()).contains(denial);
    assertThat(context.logged().getLast())
        .isEqualTo(
            "/tools/pay/limits/0: calls are denied that need another counter: no room for another"
                + " counter");
  }

  @Test
  void failOpenLetsNoCallPassThatCannotBeCounted() throws InterruptedException {
    context.counters.down = true;

    denies(
        limits("{'max': 1, 'window': 'day', 'fail': 'open', 'amount': 'args.amount'}"),
        CALL,
        "args.amount is needed, as a number.");
  }

  @Test
  void settlingNeverThrows() throws InterruptedException {
    Reservation reservation = limits("{'max': 1, 'window': 'day'}").reserve(CALL);
    context.counters.down = true;

    reservation.settle(new Outcome.NotDelivered());

    assertThat(context.logged())
        .containsExactly(
            "/tools/pay/limits/0: counters are down, reservation t1 stays taken:"
                + " connection refused");
  }

  @Test
  void rateLimitCountsPerSessionInAWindowThatRolls() throws InterruptedException {
    Rule rule =
        new RateLimitKind().create(new RateLimitConfig(Max.of(Configs.json("10")), 60), context);
    context.counters.used.put(
        List.of("server tickets", "grant laptop", "session s1"), BigDecimal.TEN);

    assertThat(rule.evaluate(CALL.in("s2"))).isEqualTo(Verdict.permit());
    assertThat(rule.evaluate(CALL)).isEqualTo(Verdict.permit());
    assertThat(rule.evaluate(CALL.in("s1")))
        .isEqualTo(
            Verdict.overLimit(
                "Limit reached: 10 in any 1 min. Try again in 23 s.", Duration.ofSeconds(23), "0"));
    assertThat(context.counters.asked)
        .extracting(Limit::window)
        .containsOnly(new Window.Rolling(Duration.ofSeconds(60)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'max': 1, 'window': 'day'}",
        "{'max': 1, 'window': '90s'}",
        "{'max': 1, 'window': 'day', 'amount': 'args.amount'}",
        "{'max': 1, 'window': 'day', 'scope': 'args.amount', 'refund_on': ['is_error']}",
      })
  void aLaterRoundOfACallIsNotCounted(String config) throws InterruptedException {
    FakeCall call = FakeCall.with("{\"amount\": 1}");
    Rule rule = limits(config);
    assertThat(rule.reserve(call).refusal()).isEmpty();
    int asked = context.counters.asked.size();
    var used = Map.copyOf(context.counters.used);

    assertThat(rule.evaluate(call.again())).isEqualTo(Verdict.permit());
    Reservation reservation = rule.reserve(call.again());
    assertThat(reservation.refusal()).isEmpty();
    reservation.settle(new Outcome.NotDelivered());
    rule.reserve(call.again()).settle(new Outcome.Answered(true, Optional.empty()));

    // What the first round took stays taken, whatever becomes of the later ones.
    assertThat(context.counters.asked).hasSize(asked);
    assertThat(context.counters.used).isEqualTo(used);
    assertThat(rule.reserve(call).refusal()).isPresent();
  }

  @Test
  void aLaterRoundIsNotHeldUpByCountersThatAreDown() throws InterruptedException {
    Rule rule = limits("{'max': 1, 'window': 'day'}");
    context.counters.down = true;

    assertThat(rule.evaluate(CALL.again())).isEqualTo(Verdict.permit());
    assertThat(rule.reserve(CALL.again()).refusal()).isEmpty();
    assertThat(rule.reserve(CALL).refusal()).isPresent();
  }

  @Test
  void everyRoundOfACallIsInFlight() throws InterruptedException {
    Rule rule = limits("{'concurrency': 1}");
    Reservation first = rule.reserve(CALL);
    assertThat(first.refusal()).isEmpty();

    assertThat(rule.evaluate(CALL.again())).isInstanceOf(Verdict.Deny.class);
    assertThat(rule.reserve(CALL.again()).refusal()).isPresent();
    first.settle(new Outcome.Answered(false, Optional.empty()));

    Reservation second = rule.reserve(CALL.again());
    assertThat(second.refusal()).isEmpty();
    assertThat(rule.reserve(CALL).refusal()).isPresent();
    second.settle(new Outcome.Answered(false, Optional.empty()));
    assertThat(rule.reserve(CALL).refusal()).isEmpty();
  }

  @Test
  void rateLimitDoesNotCountALaterRound() throws InterruptedException {
    Rule rule =
        new RateLimitKind().create(new RateLimitConfig(Max.of(Configs.json("1")), 60), context);
    assertThat(rule.reserve(CALL.in("s1")).refusal()).isEmpty();

    assertThat(rule.evaluate(CALL.in("s1").again())).isEqualTo(Verdict.permit());
    assertThat(rule.reserve(CALL.in("s1").again()).refusal()).isEmpty();
    assertThat(rule.reserve(CALL.in("s1")).refusal()).isPresent();
  }

  @Test
  void areNamedAsInDocuments() {
    assertThat(new LimitsKind().name()).isEqualTo("limits");
    assertThat(new LimitsKind().configType()).isEqualTo(LimitsConfig.class);
    assertThat(new RateLimitKind().name()).isEqualTo("rate_limit");
    assertThat(new RateLimitKind().configType()).isEqualTo(RateLimitConfig.class);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0.001S, 1 s",
    "PT23S, 23 s",
    "PT22.1S, 23 s",
    "PT2M, 120 s",
    "PT2M0.001S, 3 min",
    "PT2H, 120 min",
    "PT2H1S, 3 h",
    "PT48H, 48 h",
    "PT48H1S, 3 d"
  })
  void roundsWaitsUp(Duration wait, String text) {
    assertThat(Durations.atLeast(wait)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"args.a.b", "args[\"a\"].b", "args[\"a\"][\"b\"]"})
  void pathsToOneArgumentAreReadAlike(String path) {
    FakeCall call = FakeCall.with("{\"a\": {\"b\": 5}, \"a.b\": 6}");

    assertThat(ArgumentPath.parse(path).orElseThrow().find(call.arguments()).orElseThrow().asInt())
        .isEqualTo(5);
  }

  private Rule limits(String config) {
    return new LimitsKind().create(Configs.limits(config.replace('\'', '"')), context);
  }

  private static void denies(Rule rule, Call call, String reason) throws InterruptedException {
    Verdict.Deny denial = Verdict.deny(reason).keepingReason();
    assertThat(rule.evaluate(call)).isEqualTo(denial);
    assertThat(rule.reserve(call).refusal()).contains(denial);
  }
}
