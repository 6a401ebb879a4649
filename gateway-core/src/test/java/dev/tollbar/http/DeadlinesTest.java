package dev.tollbar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.http.Guard.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final ConnectionTerms TERMS =
      new ConnectionTerms(
          100,
          0,
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          1_000);

  /** Its zero is as arbitrary as that of the system. */
  private long now = Long.MAX_VALUE - 1_000;

  private final Deadlines deadlines = new Deadlines(() -> TERMS, () -> now);

  private void pass(double seconds) {
    now += (long) (seconds * 1_000_000_000L);
  }

  /** A byte arrives after so many seconds. */
  private void receive(double seconds, int bytes) {
    deadlines.reading();
    pass(seconds);
    deadlines.read(bytes);
  }

  @Test
  void givesANewConnectionTheTimeOfAHead() {
    deadlines.reading();
    pass(10);
    assertThat(deadlines.overdue()).isEmpty();
    pass(0.1);
    assertThat(deadlines.overdue()).contains(Reason.LATE_HEAD);
  }

  @Test
  void countsTheTimeOfAHeadFromItsBeginningHoweverItIsCut() {
    receive(6, 1);
    receive(3, 1);
    deadlines.reading();
    pass(1.1);

    assertThat(deadlines.overdue()).contains(Reason.LATE_HEAD);
  }

  @Test
  void asksNothingOfAClientWhoseRequestIsAnswered() {
    receive(1, 100);
    deadlines.requested();
    pass(100_000);

    assertThat(deadlines.overdue()).isEmpty();
  }

  @Test
  void countsTheTimeOfABodyFromWhenItIsWantedHoweverItIsCut() {
    receive(9, 100);
    deadlines.requested();
    pass(1_000);
    receive(19, 1);
    deadlines.reading();
    pass(0.9);
    assertThat(deadlines.overdue()).isEmpty();
    pass(0.2);
    assertThat(deadlines.overdue()).contains(Reason.LATE_BODY);
  }

  @Test
  void givesABodyThatKeepsComingMoreTime() {
    deadlines.requested();
    for (int i = 0; i < 100; i++) {
      receive(1, (int) ConnectionTerms.SLOWEST);
      deadlines.reading();
      assertThat(deadlines.overdue()).isEmpty();
    }
    pass(20.5);
    assertThat(deadlines.overdue()).contains(Reason.LATE_BODY);
  }

  @Test
  void givesAnIdleConnectionItsOwnTimeAndTheNextHeadAnother() {
    deadlines.requested();
    deadlines.answered();
    deadlines.reading();
    pass(60);
    assertThat(deadlines.overdue()).isEmpty();
    pass(0.1);
    assertThat(deadlines.overdue()).contains(Reason.IDLE);

    deadlines.read(1);
    deadlines.reading();
    pass(10.1);
    assertThat(deadlines.overdue()).contains(Reason.LATE_HEAD);
  }

  @Test
  void startsTheTimeOfEachBodyAnew() {
    deadlines.requested();
    receive(19, 10);
    deadlines.answered();
    receive(1, 100);
    deadlines.requested();
    deadlines.reading();
    pass(19);

    assertThat(deadlines.overdue()).isEmpty();
    assertThat(deadlines.bodyBytes()).isZero();
  }

  @Test
  void givesAClientTimeToReadMoreForMore() {
    deadlines.requested();
    deadlines.writing(10 * ConnectionTerms.SLOWEST);
    pass(40);
    assertThat(deadlines.overdue()).isEmpty();
    pass(0.1);
    assertThat(deadlines.overdue()).contains(Reason.SLOW_READER);

    deadlines.written();
    assertThat(deadlines.overdue()).isEmpty();
  }
}
