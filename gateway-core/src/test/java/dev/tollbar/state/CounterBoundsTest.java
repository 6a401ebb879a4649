package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.CountersFullException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What counters may take of memory, and who may not open another one then. */
class CounterBoundsTest {
  private static final int ROOM = 1_200;

  private final SetClock clock = new SetClock("2026-11-23T10:15:20Z");
  private final CounterTable table = new CounterTable(clock, ROOM, 1_000);
  private final Counters byCustomer = table.of("p", "/tools/pay/limits/0", false);
  private final Counters byOrder = table.of("p", "/tools/pay/limits/1", false);

  @Test
  void whoOpensCountersWithoutEndStopsWhileThereIsRoomForOthers() {
    flood(byCustomer, "greedy");

    assertThat(table.size()).isEqualTo(ROOM / 3);
    assertThatThrownBy(() -> byCustomer.take(limit("greedy", "one more"), BigDecimal.ONE))
        .isInstanceOf(CountersFullException.class)
        .hasMessage(
            "no room for another counter: 400 of 1200 are in use, 400 of them by grant greedy, 400"
                + " of those for this limit; its scope has too many different values");
  }

  @Test
  void aLookSaysThatThereIsNoRoomBeforeAnybodyIsAsked() {
    flood(byCustomer, "greedy");

    assertThatThrownBy(() -> byCustomer.peek(limit("greedy", "one more"), BigDecimal.ONE))
        .isInstanceOf(CountersFullException.class);
  }

  @Test
  void aCounterThatIsThereGoesOnWhenThereIsNoRoomForOthers() {
    flood(byCustomer, "greedy");

    assertThat(byCustomer.take(limit("greedy", "0"), BigDecimal.ONE).admitted()).isTrue();
    assertThat(byCustomer.take(limit("greedy", "0"), BigDecimal.ONE).admitted()).isFalse();
  }

  @Test
  void theOtherLimitsOfWhoHasFilledOneStillCount() {
    flood(byCustomer, "greedy");

    assertThat(byOrder.take(limit("greedy", "a"), BigDecimal.ONE).admitted()).isTrue();
  }

  @Test
  void nobodyStarvesTheOthersByAllOfTheirLimitsTogether() {
    for (int i = 0; i < 100; i++) {
      flood(table.of("p", "/tools/pay/limits/" + i, false), "greedy");
    }

    assertThat(table.size()).isLessThanOrEqualTo(ROOM / 2);
    for (int i = 0; i < 100; i++) {
      assertThat(byCustomer.take(limit("modest", "c" + i), BigDecimal.ONE).admitted()).isTrue();
    }
  }

  @Test
  void severalGreedyOnesLeaveRoomAsWell() {
    for (int i = 0; i < 6; i++) {
      flood(byCustomer, "greedy" + i);
    }

    assertThat(table.size()).isLessThan(ROOM);
    assertThat(byCustomer.take(limit("modest", "a"), BigDecimal.ONE).admitted()).isTrue();
  }

  @Test
  void thereIsRoomAgainWhenCountersAreIdle() {
    flood(byCustomer, "greedy");
    clock.step(Duration.ofDays(2));

    assertThat(byCustomer.take(limit("greedy", "new"), BigDecimal.ONE).admitted()).isTrue();
    assertThat(table.size()).isEqualTo(1);
    flood(byCustomer, "greedy");
    assertThat(table.size()).isEqualTo(ROOM / 3);
  }

  @Test
  void aClockThatIsSetBackDoesNotKeepIdleCounters() {
    Limit first = inFlight("greedy", 0);
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; table.size() < ROOM / 3; i++) {
      tickets.add(byCustomer.take(inFlight("greedy", i), BigDecimal.ONE).ticket().orElseThrow());
    }
    assertThatThrownBy(() -> byCustomer.take(inFlight("greedy", -1), BigDecimal.ONE))
        .isInstanceOf(CountersFullException.class);
    clock.step(Duration.ofHours(-5));
    tickets.forEach(Ticket::giveBack);

    assertThat(byCustomer.take(inFlight("greedy", -1), BigDecimal.ONE).admitted()).isTrue();
    assertThat(byCustomer.take(first, BigDecimal.ONE).admitted()).isTrue();
  }

  @Test
  void aTableThatIsNeverFullForgetsIdleCountersOnceAMinute() {
    CounterTable large = new CounterTable(clock, 100_000, 1_000);
    Counters counters = large.of("p", "/r", false);
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      tickets.add(counters.take(inFlight("a", i), BigDecimal.ONE).ticket().orElseThrow());
    }
    tickets.forEach(Ticket::giveBack);
    assertThat(large.size()).isEqualTo(1_100);
    clock.step(Duration.ofMinutes(1));

    counters.take(inFlight("a", -1), BigDecimal.ONE);

    assertThat(large.size()).isEqualTo(1);
  }

  @Test
  void manyScopeValuesOneAfterTheOtherKeepTheTableSmall() {
    for (int i = 0; i < 100_000; i++) {
      byCustomer.take(scoped("greedy", "c" + i, Calendar.SECOND), BigDecimal.ONE);
      clock.step(Duration.ofSeconds(1));
    }

    assertThat(table.size()).isLessThanOrEqualTo(ROOM / 3);
  }

  @Test
  void theLogsOfRollingWindowsShareTheirRoomAndGiveItBack() {
    Limit busy = rolling("busy", "1e9");
    for (int i = 0; i < 5_000; i++) {
      byCustomer.take(busy, BigDecimal.ONE);
      clock.step(Duration.ofMillis(1));
    }
    long left = table.freeLogEntries();
    assertThat(left).isNotNegative().isLessThan(1_000);

    clock.step(Duration.ofDays(1));
    assertThat(byCustomer.peek(busy, BigDecimal.ZERO).remaining()).isEqualByComparingTo("1e9");
    assertThat(table.freeLogEntries()).isEqualTo(1_000);
  }

  @Test
  void aForgottenCounterGivesBackTheRoomOfItsLog() {
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      tickets.add(byCustomer.take(rolling("busy", "500"), BigDecimal.ONE).ticket().orElseThrow());
      clock.step(Duration.ofMillis(1));
    }
    assertThat(table.freeLogEntries()).isLessThan(1_000);
    tickets.forEach(Ticket::giveBack);
    flood(byOrder, "greedy");

    assertThat(table.freeLogEntries()).isEqualTo(1_000);
    tickets.forEach(Ticket::giveBack);
    assertThat(byCustomer.peek(rolling("busy", "500"), BigDecimal.ZERO).remaining())
        .isEqualByComparingTo("500");
  }

  @Test
  void aLogWithoutRoomStillAdmitsNoMoreThanTheMaximum() {
    CounterTable cramped = new CounterTable(clock, 100, 0);
    Counters counters = cramped.of("p", "/r", false);
    Limit limit = rolling("a", "50");
    int[] admitted =
        IntStream.range(0, 20_000)
            .filter(_ -> {
              clock.step(Duration.ofSeconds(1));
              return counters.take(limit, BigDecimal.ONE).admitted();
            })
            .toArray();

    // A window of an hour, a try each second: in no 3,600 tries more than 50.
    for (int i = 0; i + 50 < admitted.length; i++) {
      assertThat(admitted[i + 50] - admitted[i]).isGreaterThanOrEqualTo(3_600);
    }
    // And it goes on admitting: the bound costs some precision, not the limit.
    assertThat(admitted.length).isGreaterThan(150);
  }

  private void flood(Counters counters, String grant) {
    try {
      for (int i = 0; i < 10 * ROOM; i++) {
        counters.take(limit(grant, String.valueOf(i)), BigDecimal.ONE);
      }
    } catch (CountersFullException e) {
      return;
    }
    throw new AssertionError("room without end");
  }

  /** Two a day. */
  private static Limit limit(String grant, String customer) {
    return new Limit(
        Optional.empty(), List.of(grant, customer), grant, Calendar.DAY, BigDecimal.TWO);
  }

  private static Limit inFlight(String grant, int number) {
    return scoped(grant, "n" + number, new Window.InFlight());
  }

  private static Limit rolling(String grant, String max) {
    return new Limit(
        Optional.empty(),
        List.of(grant),
        grant,
        new Window.Rolling(Duration.ofHours(1)),
        new BigDecimal(max));
  }

  private static Limit scoped(String grant, String value, Window window) {
    return new Limit(Optional.empty(), List.of(value), grant, window, BigDecimal.ONE);
  }
}
