package dev.tollbar.rule.limits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Counters.Window;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResetsTest {
  private static final Instant WEDNESDAY_EVENING = Instant.parse("2026-11-25T22:34:30.25Z");

  @ParameterizedTest
  @CsvSource({
    "second, PT0.75S",
    "minute, PT29.75S",
    "hour, PT25M29.75S",
    "day, PT1H25M29.75S",
    "week, PT97H25M29.75S",
    "month, PT121H25M29.75S",
    "90s, PT90S"
  })
  void isTheEndOfACalendarWindowOrTheLengthOfARollingOne(String window, Duration expected) {
    assertThat(Resets.after(LimitWindow.of(new TextNode(window)).window(), WEDNESDAY_EVENING))
        .contains(expected);
  }

  @Test
  void isNotKnownOfCallsInFlight() {
    assertThat(Resets.after(new Window.InFlight(), WEDNESDAY_EVENING)).isEmpty();
  }
}
