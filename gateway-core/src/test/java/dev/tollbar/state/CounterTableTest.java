package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterTableTest {
  private final SetClock clock = new SetClock("2026-11-23T10:15:20Z");
  private final CounterTable table = new CounterTable(clock, 100_000, 100_000);
  private final Counters counters = table.of("tickets", "/tools/pay/limits/0", false);

  @Test
  void refusesThe61stOf60UntilTheNextMinute() {
    Limit limit = limit(Calendar.MINUTE, "60");
    for (int i = 59; i >= 0; i--) {
      assertThat(take(limit, "1").remaining()).isEqualByComparingTo(String.valueOf(i));
    }

    Reading refused = take(limit, "1");

    assertThat(refused)
        .isEqualTo(new Reading(false, BigDecimal.ZERO, Duration.ofSeconds(40), Optional.empty()));
    clock.set("2026-11-23T10:16:00Z");
    assertThat(take(limit, "1").admitted()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "SECOND, 2026-11-23T10:15:20.250Z, 2026-11-23T10:15:21Z",
    "MINUTE, 2026-11-23T10:15:59.999Z, 2026-11-23T10:16:00Z",
    "HOUR, 2026-11-23T23:00:00Z, 2026-11-24T00:00:00Z",
    "DAY, 2028-02-28T23:59:59Z, 2028-02-29T00:00:00Z",
    "WEEK, 2026-11-29T23:59:59Z, 2026-11-30T00:00:00Z",
    "WEEK, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
    "WEEK, 2027-01-01T12:00:00Z, 2027-01-04T00:00:00Z",
    "MONTH, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
    "MONTH, 2026-12-31T23:59:59Z, 2027-01-01T00:00:00Z"
  })
  void calendarWindowsEndWhereTheUtcCalendarSays(Calendar window, String now, String end) {
    Limit limit = limit(window, "1");
    clock.set(now);
    take(limit, "1");
    SetClock ends = new SetClock(end);

    assertThat(take(limit, "1").retryAfter())
        .isEqualTo(Duration.between(clock.instant(), ends.instant()));
    clock.set(end);
    clock.step(Duration.ofNanos(-1));
    assertThat(take(limit, "1").admitted()).isFalse();
    clock.set(end);
    assertThat(take(limit, "1").admitted()).isTrue();
  }

  @Test
  void countsDecimalsExactly() {
    Limit limit = limit(Calendar.DAY, "0.3");

    assertThat(take(limit, "0.1").admitted()).isTrue();
    assertThat(take(limit, "0.1").admitted()).isTrue();
    assertThat(take(limit, "0.1").admitted()).isTrue();
    Reading refused = take(limit, "1e-100");

    assertThat(refused.admitted()).isFalse();
    assertThat(refused.remaining()).isEqualByComparingTo("0");
  }

  @Test
  void saysWhatIsLeftWhenAnAmountDoesNotFit() {
    Limit limit = limit(Calendar.DAY, "5000.00");
    take(limit, "4879.50");

    assertThat(take(limit, "120.51").remaining()).isEqualTo(new BigDecimal("120.50"));
    assertThat(take(limit, "120.50").remaining()).isEqualTo(new BigDecimal("0.00"));
  }

  @Test
  void rollingWindowsRefuseUntilTheOldestHasAged() {
    Limit limit = limit(new Window.Rolling(Duration.ofSeconds(90)), "2");
    take(limit, "1");
    clock.step(Duration.ofSeconds(30));
    take(limit, "1");
    clock.step(Duration.ofMillis(59_999));

    assertThat(take(limit, "1").retryAfter()).isEqualTo(Duration.ofMillis(1));
    assertThat(take(limit, "2").retryAfter()).isEqualTo(Duration.ofMillis(30_001));
    clock.step(Duration.ofMillis(1));
    assertThat(take(limit, "1").admitted()).isTrue();
    assertThat(take(limit, "1").retryAfter()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void rollingWindowsRoundPartsOfAMillisecondUp() {
    Limit limit = limit(new Window.Rolling(Duration.ofSeconds(1)), "1");
    clock.set("2026-11-23T10:00:00.000900Z");
    take(limit, "1");
    clock.set("2026-11-23T10:00:01.000500Z");
    assertThat(take(limit, "1").retryAfter()).isEqualTo(Duration.ofNanos(500_000));
    clock.set("2026-11-23T10:00:01.001Z");
    assertThat(take(limit, "1").admitted()).isTrue();
  }

  @Test
  void callsInFlightCountUntilTheyAreGivenBack() {
    Limit limit = limit(new Window.InFlight(), "2");
    Counters.Ticket first = take(limit, "1").ticket().orElseThrow();
    take(limit, "1");
    clock.step(Duration.ofDays(400));

    assertThat(take(limit, "1").retryAfter()).isEqualTo(Duration.ofSeconds(1));
    first.giveBack();
    first.giveBack();
    assertThat(take(limit, "1").admitted()).isTrue();
    assertThat(take(limit, "1").admitted()).isFalse();
  }

  @Test
  void everyReservationHasAnIdOfItsOwn() {
    Limit limit = limit(Calendar.HOUR, "1000");
    Set<String> ids = new HashSet<>();

    for (int i = 0; i < 1_000; i++) {
      ids.add(take(limit, i % 2 == 0 ? "1" : "0").ticket().orElseThrow().id());
    }

    assertThat(ids).hasSize(1_000).allMatch(id -> id.matches("[0-9a-f]{16}"));
  }

  @Test
  void givesBackOnce() {
    Limit limit = limit(Calendar.HOUR, "2");
    Counters.Ticket ticket = take(limit, "1").ticket().orElseThrow();
    take(limit, "1");

    ticket.giveBack();
    ticket.giveBack();

    assertThat(counters.peek(limit, BigDecimal.ONE).remaining()).isEqualByComparingTo("1");
  }

  @Test
  void givesBackOnlyToTheWindowItCameFrom() {
    Limit calendar = limit(Calendar.MINUTE, "1");
    Limit rolling = limit(new Window.Rolling(Duration.ofMinutes(1)), "1");
    Counters.Ticket calendarTicket = take(calendar, "1").ticket().orElseThrow();
    Counters.Ticket rollingTicket = take(rolling, "1").ticket().orElseThrow();
    clock.step(Duration.ofMinutes(1));
    take(calendar, "1");
    take(rolling, "1");

    calendarTicket.giveBack();
    rollingTicket.giveBack();

    assertThat(take(calendar, "1").admitted()).isFalse();
    assertThat(take(rolling, "1").admitted()).isFalse();
  }

  @Test
  void aClockThatStepsBackDoesNotOpenAWindowAgain() {
    Limit calendar = limit(Calendar.MINUTE, "1");
    Limit rolling = limit(new Window.Rolling(Duration.ofMinutes(1)), "1");
    take(calendar, "1");
    take(rolling, "1");
    clock.step(Duration.ofMinutes(1));
    take(calendar, "1");
    take(rolling, "1");
    clock.step(Duration.ofSeconds(-1));

    assertThat(take(calendar, "1").admitted()).isFalse();
    assertThat(take(rolling, "1").admitted()).isFalse();
  }

  @Test
  void peekingTakesNothing() {
    Limit limit = limit(Calendar.HOUR, "1");

    for (int i = 0; i < 3; i++) {
      assertThat(counters.peek(limit, BigDecimal.ONE))
          .isEqualTo(new Reading(true, BigDecimal.ONE, Duration.ZERO, Optional.empty()));
    }
    assertThat(table.size()).isZero();
    take(limit, "1");
    assertThat(counters.peek(limit, BigDecimal.ONE).admitted()).isFalse();
  }

  @Test
  void keepsCountersApartByPolicyRuleShadowScopeAndWindow() {
    Limit limit = limit(Calendar.HOUR, "1");
    take(limit, "1");

    assertThat(table.of("other", "/tools/pay/limits/0", false).take(limit, BigDecimal.ONE))
        .matches(Reading::admitted);
    assertThat(table.of("tickets", "/tools/pay/limits/1", false).take(limit, BigDecimal.ONE))
        .matches(Reading::admitted);
    assertThat(table.of("tickets", "/tools/pay/limits/0", true).take(limit, BigDecimal.ONE))
        .matches(Reading::admitted);
    assertThat(take(limit(Calendar.DAY, "1"), "1").admitted()).isTrue();
    Limit elsewhere =
        new Limit(Optional.empty(), List.of("grant", "b"), "b", Calendar.HOUR, BigDecimal.ONE);
    assertThat(take(elsewhere, "1").admitted()).isTrue();
    assertThat(table.of("tickets", "/tools/pay/limits/0", false).take(limit, BigDecimal.ONE))
        .matches(reading -> !reading.admitted());
  }

  @Test
  void limitsOfOnePolicyWithOneNameShareACounter() {
    Limit named = new Limit(Optional.of("pay"), List.of("a"), "a", Calendar.HOUR, BigDecimal.ONE);
    take(named, "1");

    assertThat(table.of("tickets", "/elsewhere", false).take(named, BigDecimal.ONE).admitted())
        .isFalse();
    assertThat(table.of("other", "/elsewhere", false).take(named, BigDecimal.ONE).admitted())
        .isTrue();
  }

  @Test
  void aNameThatLooksLikeAPointerIsNotThatRulesCounter() {
    take(limit(Calendar.HOUR, "1"), "1");
    Limit named =
        new Limit(
            Optional.of("/tools/pay/limits/0"),
            List.of("grant", "a"),
            "a",
            Calendar.HOUR,
            BigDecimal.ONE);

    assertThat(take(named, "1").admitted()).isTrue();
  }

  @Test
  void aLimitThatIsChangedKeepsItsCount() {
    take(limit(Calendar.HOUR, "5"), "4");

    assertThat(take(limit(Calendar.HOUR, "3"), "1").remaining()).isEqualByComparingTo("0");
    assertThat(take(limit(Calendar.HOUR, "6"), "1").remaining()).isEqualByComparingTo("1");
  }

  @Test
  void scopesThatReadAlikeAreToldApart() {
    Limit one = scoped("1:a1:b", Calendar.DAY);
    Limit two = new Limit(Optional.empty(), List.of("a", "b"), "a", Calendar.DAY, BigDecimal.ONE);
    Limit three =
        new Limit(Optional.empty(), List.of("a", "b", ""), "a", Calendar.DAY, BigDecimal.ONE);

    assertThat(take(one, "1").admitted()).isTrue();
    assertThat(take(two, "1").admitted()).isTrue();
    assertThat(take(three, "1").admitted()).isTrue();
    assertThat(take(two, "1").admitted()).isFalse();
  }

  @Test
  void longScopesAreToldApart() {
    String prefix = "x".repeat(10_000);
    Limit first =
        new Limit(Optional.empty(), List.of(prefix + "a"), "a", Calendar.DAY, BigDecimal.ONE);
    Limit second =
        new Limit(Optional.empty(), List.of(prefix + "b"), "a", Calendar.DAY, BigDecimal.ONE);

    assertThat(take(first, "1").admitted()).isTrue();
    assertThat(take(second, "1").admitted()).isTrue();
    assertThat(take(first, "1").admitted()).isFalse();
  }

  @Test
  void forgetsIdleCountersAsOthersAreTaken() {
    for (int i = 0; i < 1_024; i++) {
      take(scoped("idle" + i, Calendar.MINUTE), "1");
    }
    clock.step(Duration.ofMinutes(3));

    take(scoped("new", Calendar.MINUTE), "1");

    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void neverForgetsACounterThatCounts() {
    Limit inFlight = scoped("open", new Window.InFlight());
    Limit daily = scoped("daily", Calendar.DAY);
    take(inFlight, "1");
    take(daily, "1");
    for (int i = 0; i < 1_022; i++) {
      take(scoped("idle" + i, Calendar.MINUTE), "1");
    }
    clock.step(Duration.ofHours(3));

    take(scoped("new", Calendar.MINUTE), "1");

    assertThat(table.size()).isEqualTo(3);
    assertThat(take(inFlight, "1").admitted()).isFalse();
    assertThat(take(daily, "1").admitted()).isFalse();
  }

  @Test
  void refusesNegativeAmounts() {
    assertThatThrownBy(() -> take(limit(Calendar.DAY, "1"), "-1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Reading take(Limit limit, String amount) {
    return counters.take(limit, new BigDecimal(amount));
  }

  private static Limit limit(Window window, String max) {
    return new Limit(Optional.empty(), List.of("grant", "a"), "a", window, new BigDecimal(max));
  }

  private static Limit scoped(String scope, Window window) {
    return new Limit(Optional.empty(), List.of(scope), "a", window, BigDecimal.ONE);
  }
}
