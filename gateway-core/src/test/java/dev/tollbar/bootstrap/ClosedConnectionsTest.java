package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.http.Guard.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosedConnectionsTest {
  private final List<String> counted = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-26T12:00:00Z");
  private final ClosedConnections closed =
      new ClosedConnections("clients", counted::add, () -> now);

  @Test
  void tellsTheLogOfTheFirstOfAReasonAndLaterHowManyMoreThereWere() {
    assertThat(closed.line(Reason.LATE_HEAD))
        .contains(
            "a connection to the port of clients is closed: it did not send the head of a request in"
                + " time");
    for (int i = 0; i < 5_000; i++) {
      assertThat(closed.line(Reason.LATE_HEAD)).isEmpty();
    }
    now = now.plus(Duration.ofMinutes(10));
    assertThat(closed.line(Reason.LATE_HEAD))
        .contains(
            "a connection to the port of clients is closed: it did not send the head of a request in"
                + " time. 5000 more since this was last said");
    now = now.plus(Duration.ofMinutes(10));
    assertThat(closed.line(Reason.LATE_HEAD).orElseThrow()).doesNotContain("more");
  }

  @Test
  void tellsEachReason() {
    assertThat(List.of(Reason.values()))
        .extracting(reason -> closed.line(reason).orElseThrow())
        .containsExactly(
            "a connection to the port of clients is closed: it did not send the head of a request in"
                + " time",
            "a connection to the port of clients is closed: it did not send the body of a request in"
                + " time",
            "a connection to the port of clients is closed: it did not read what it was sent",
            "a connection to the port of clients is closed: it sent no further request",
            "a connection to the port of clients is closed: too many connections are open",
            "a connection to the port of clients is closed: too many connections of its address are"
                + " open",
            "a request to the port of clients is not read: too many bytes of bodies are held");
  }

  @Test
  void countsEach() {
    closed.closed(Reason.SLOW_READER);
    closed.closed(Reason.SLOW_READER);
    closed.closed(Reason.IDLE);

    assertThat(counted).containsExactly("slow_reader", "slow_reader", "idle");
  }
}
