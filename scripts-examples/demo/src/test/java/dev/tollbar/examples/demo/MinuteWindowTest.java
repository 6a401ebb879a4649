package dev.tollbar.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinuteWindowTest {

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T10:00:00Z, 0",
    "2026-11-23T10:00:40Z, 0",
    "2026-11-23T10:00:40.001Z, 19999",
    "2026-11-23T10:00:59Z, 1000",
  })
  void waitsForAFreshMinuteOnlyIfLittleIsLeft(Instant now, long millis) {
    assertThat(MinuteWindow.wait(now)).isEqualTo(Duration.ofMillis(millis));
  }
}
