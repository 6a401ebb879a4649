package dev.tollbar.transport.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private Instant now = Instant.parse("2026-11-23T00:00:00Z");
  private final Backoff backoff = new Backoff(() -> now);

  @Test
  void doublesWithEachCrashUpToHalfAMinuteAndBeginsAnewAfterAHealthyMinute() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      backoff.crashed(now);
      waits.add(backoff.left().toMillis());
      now = now.plus(backoff.left());
      assertThat(backoff.left()).isZero();
    }
    assertThat(waits)
        .containsExactly(250L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L);
    backoff.crashed(now.minusSeconds(60));
    assertThat(backoff.left()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void countsCrashesAtOneTimeOnce() {
    backoff.crashed(now);
    backoff.crashed(now);
    assertThat(backoff.left()).isEqualTo(Duration.ofMillis(250));
  }
}
