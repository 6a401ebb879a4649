package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Counters;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.CountersFullException;
import dev.tollbar.api.StoreUnavailableException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters of an hour and more, in the file of the data folder. */
class DurableCountersTest {

  @TempDir Path folder;

  private final SetClock clock = new SetClock("2026-11-23T10:15:20Z");

  @Test
  void aLimitGoesOnWhereItWasAfterARestart() {
    take(Calendar.DAY, "5", 3);

    assertThat(left(Calendar.DAY, "5")).isEqualByComparingTo("2");
    assertThat(take(Calendar.DAY, "5", 4)).isEqualTo(2);
    clock.step(Duration.ofDays(1));
    assertThat(take(Calendar.DAY, "5", 6)).isEqualTo(5);
  }

  @Test
  void aRollingWindowGoesOnWhereItWasAfterARestart() {
    Window window = new Window.Rolling(Duration.ofMinutes(90));
    take(window, "5", 3);

    assertThat(take(window, "5", 4)).isEqualTo(2);
    clock.step(Duration.ofMinutes(93));
    assertThat(take(window, "5", 6)).isEqualTo(5);
  }

  @Test
  void lookingAtACounterOfOthersTakesNoRoomForLogs() {
    FakeDisk disk = new FakeDisk(new Random(1), 0);
    Limit elsewhere =
        new Limit(
            Optional.empty(),
            List.of("a"),
            "laptop",
            new Window.Rolling(Duration.ofHours(2)),
            new BigDecimal(8));
    try (Leases others = new Leases(disk.seat(), clock, 1, Leases.Times.standard());
        Leases mine = new Leases(disk.seat(), clock, 2, Leases.Times.standard())) {
      CounterTable table = new CounterTable(clock, 100, 1_000, Optional.of(mine));
      table.of("p", "/other", false).take(limit(Calendar.DAY, "5"), BigDecimal.ONE);
      Counters first =
          new CounterTable(clock, 100, 1_000, Optional.of(others)).of("p", "/r", false);
      for (int i = 0; i < 8; i++) {
        first.take(elsewhere, BigDecimal.ONE);
        clock.step(Duration.ofMinutes(5));
      }

      for (int i = 0; i < 20; i++) {
        assertThat(table.of("p", "/r", false).peek(elsewhere, BigDecimal.ONE).admitted()).isFalse();
      }
      assertThat(table.freeLogEntries()).isEqualTo(1_000);
    }
  }

  @Test
  void aShortWindowTouchesNoFile() {
    take(Calendar.MINUTE, "5", 3);
    take(new Window.Rolling(Duration.ofMinutes(59)), "5", 3);
    take(new Window.InFlight(), "5", 3);

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aLookMakesNoFile() {
    assertThat(left(Calendar.DAY, "5")).isEqualByComparingTo("5");

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aProcessThatNeverStoppedHasLostNothingOfASmallLimit() {
    // It is not closed: as after kill -9.
    EmbeddedState killed = EmbeddedState.open(folder, clock);
    take(killed, Calendar.DAY, "5", 3);
    take(killed, new Window.Rolling(Duration.ofDays(1)), "5", 4);

    assertThat(left(Calendar.DAY, "5")).isEqualByComparingTo("2");
    assertThat(left(new Window.Rolling(Duration.ofDays(1)), "5")).isEqualByComparingTo("1");
  }

  @Test
  void aProcessThatNeverStoppedCostsAHundredthOfALargeLimitAtMost() {
    EmbeddedState killed = EmbeddedState.open(folder, clock);
    take(killed, Calendar.DAY, "10000", 250);

    assertThat(left(Calendar.DAY, "10000")).isBetween(new BigDecimal(9_650), new BigDecimal(9_750));
  }

  @Test
  void twoProcessesAdmitTheMaximumTogether() {
    try (EmbeddedState first = EmbeddedState.open(folder, clock);
        EmbeddedState second = EmbeddedState.open(folder, clock)) {
      int admitted = 0;
      for (int i = 0; i < 40; i++) {
        admitted += take(i % 2 == 0 ? first : second, Calendar.HOUR, "25", 1);
      }

      assertThat(admitted).isEqualTo(25);
    }
  }

  @Test
  void oneProcessSeesASecondLaterWhatTheOtherGaveBack() {
    try (EmbeddedState second = EmbeddedState.open(folder, clock)) {
      EmbeddedState first = EmbeddedState.open(folder, clock);
      Ticket ticket =
          counters(first).take(limit(Calendar.HOUR, "1"), BigDecimal.ONE).ticket().orElseThrow();
      assertThat(take(second, Calendar.HOUR, "1", 1)).isZero();
      ticket.giveBack();
      first.close();
      clock.step(Duration.ofSeconds(1));

      assertThat(take(second, Calendar.HOUR, "1", 1)).isEqualTo(1);
    }
  }

  @Test
  void aRefundAfterTheWindowHasEndedGivesTheNextOneNothing() {
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      Limit limit = limit(Calendar.HOUR, "2");
      Ticket early = counters(state).take(limit, BigDecimal.ONE).ticket().orElseThrow();
      clock.step(Duration.ofHours(1));
      take(state, Calendar.HOUR, "2", 2);
      early.giveBack();

      assertThat(take(state, Calendar.HOUR, "2", 1)).isZero();
    }
    assertThat(left(Calendar.HOUR, "2")).isEqualByComparingTo("0");
  }

  @Test
  void aRefundSurvivesACleanStop() {
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      Limit limit = limit(Calendar.DAY, "2");
      Ticket ticket = counters(state).take(limit, BigDecimal.ONE).ticket().orElseThrow();
      counters(state).take(limit, BigDecimal.ONE);
      ticket.giveBack();
      ticket.giveBack();
    }

    assertThat(left(Calendar.DAY, "2")).isEqualByComparingTo("1");
  }

  @Test
  void amountsAreExactAcrossRestarts() {
    Limit limit = limit(Calendar.DAY, "0.3");
    for (int i = 0; i < 3; i++) {
      try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
        assertThat(counters(state).take(limit, new BigDecimal("0.1")).admitted()).isTrue();
      }
    }

    assertThat(left(Calendar.DAY, "0.3")).isEqualByComparingTo("0");
  }

  @Test
  void countersOfOneNameScopeWindowAndShadowAloneAreOne() {
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      for (Counters counters :
          List.of(
              state.counters("p", "/r", false),
              state.counters("p", "/r", true),
              state.counters("p", "/other", false),
              state.counters("q", "/r", false))) {
        for (Optional<String> name : List.of(Optional.<String>empty(), Optional.of("n"))) {
          counters.take(limit(name, "a", Calendar.DAY, "9"), BigDecimal.ONE);
          counters.take(limit(name, "b", Calendar.WEEK, "9"), BigDecimal.ONE);
        }
      }
    }
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      Counters real = state.counters("p", "/r", false);
      Counters shadow = state.counters("p", "/r", true);
      Limit own = limit(Optional.empty(), "a", Calendar.DAY, "9");
      Limit named = limit(Optional.of("n"), "a", Calendar.DAY, "9");
      assertThat(real.peek(own, BigDecimal.ZERO).remaining()).isEqualByComparingTo("8");
      assertThat(shadow.peek(own, BigDecimal.ZERO).remaining()).isEqualByComparingTo("8");
      // Two limits of one policy have used it.
      assertThat(real.peek(named, BigDecimal.ZERO).remaining()).isEqualByComparingTo("7");
      assertThat(
              real.peek(limit(Optional.empty(), "b", Calendar.DAY, "9"), BigDecimal.ZERO)
                  .remaining())
          .isEqualByComparingTo("9");
    }
  }

  @Test
  void aLoweredMaximumCountsWhatWasAdmittedBefore() {
    take(Calendar.DAY, "10", 6);

    assertThat(take(Calendar.DAY, "5", 1)).isZero();
    assertThat(take(Calendar.DAY, "7", 2)).isEqualTo(1);
  }

  @Test
  void aRestartMakesNoRoomForMoreCounters() {
    try (Database database = new Database(folder);
        LeaseTable table = new LeaseTable(database.link(Duration.ofSeconds(1)))) {
      for (long process = 1; process <= 3; process++) {
        Leases leases = new Leases(table, clock, process, Leases.Times.standard());
        Counters counters =
            new CounterTable(clock, 60, 100, Optional.of(leases)).of("p", "/r", false);
        int opened = 0;
        // The first call of a process reads what the file holds.
        counters.take(limit(Optional.empty(), "first", Calendar.DAY, "9"), BigDecimal.ONE);
        try {
          while (opened < 100) {
            String scope = process + " " + opened;
            counters.take(limit(Optional.empty(), scope, Calendar.DAY, "9"), BigDecimal.ONE);
            opened++;
          }
        } catch (CountersFullException e) {
          // As it should be.
        }
        assertThat(opened).isEqualTo(process == 1 ? 19 : 0);
        leases.close();
      }
    }
  }

  @Test
  void countersThatAreOverLeaveTheFile() throws Exception {
    take(Calendar.HOUR, "5", 1);
    take(Calendar.MONTH, "5", 1);
    clock.step(Duration.ofHours(3));
    try (Database database = new Database(folder);
        LeaseTable table = new LeaseTable(database.link(Duration.ofSeconds(1)))) {
      assertThat(table.prune(clock.instant())).isFalse();

      assertThat(database.<Long>read(0L, c -> Database.number(c, "SELECT count(*) FROM leases")))
          .isEqualTo(1);
      assertThat(database.<Long>read(0L, c -> Database.number(c, "SELECT count(*) FROM counters")))
          .isEqualTo(1);
    }
  }

  @Test
  void aClosedStateAdmitsNothingThatWouldNotBeKept() {
    EmbeddedState state = EmbeddedState.open(folder, clock);
    take(state, Calendar.DAY, "10000", 1);
    state.close();

    assertThatThrownBy(() -> take(state, Calendar.DAY, "10000", 1))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the counters are closed: the gateway is stopping");
    assertThat(take(state, Calendar.MINUTE, "1", 1)).isEqualTo(1);
    assertThat(left(Calendar.DAY, "10000")).isEqualByComparingTo("9999");
  }

  @Test
  void aDamagedFileDeniesDurableCountersAloneAndIsUsedAgainWhenItIsMended() throws Exception {
    Files.writeString(folder.resolve("tollbar.db"), "x".repeat(5_000));
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      assertThatThrownBy(() -> take(state, Calendar.DAY, "5", 1))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              folder.resolve("tollbar.db") + " is not a Tollbar store: it is no SQLite file");
      assertThat(state.problem())
          .contains(folder.resolve("tollbar.db") + " is not a Tollbar store: it is no SQLite file");
      assertThat(take(state, Calendar.MINUTE, "1", 1)).isEqualTo(1);

      Files.delete(folder.resolve("tollbar.db"));
      Eventual.ly(() -> assertThat(state.problem()).isEmpty());
      Eventual.ly(() -> assertThat(take(state, Calendar.DAY, "5", 1)).isEqualTo(1));
    }
  }

  private int take(Window window, String max, int times) {
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      return take(state, window, max, times);
    }
  }

  private static int take(EmbeddedState state, Window window, String max, int times) {
    int admitted = 0;
    for (int i = 0; i < times; i++) {
      admitted += counters(state).take(limit(window, max), BigDecimal.ONE).admitted() ? 1 : 0;
    }
    return admitted;
  }

  private BigDecimal left(Window window, String max) {
    try (EmbeddedState state = EmbeddedState.open(folder, clock)) {
      return counters(state).peek(limit(window, max), BigDecimal.ZERO).remaining();
    }
  }

  private static Counters counters(EmbeddedState state) {
    return state.counters("p", "/tools/pay/limits/0", false);
  }

  private static Limit limit(Window window, String max) {
    return limit(Optional.empty(), "a", window, max);
  }

  private static Limit limit(Optional<String> name, String scope, Window window, String max) {
    return new Limit(name, List.of(scope), "laptop", window, new BigDecimal(max));
  }
}
