package dev.tollbar.transport.http;

import dev.tollbar.api.InvalidConfigException.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the numbers and durations of a config may be. */
final class ConfigRange {
  private ConfigRange() {}

  static void check(List<Problem> problems, String key, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      problems.add(new Problem(key, "a duration from \"1ms\" to \"1d\"", value.toMillis() + " ms"));
    }
  }

  static void check(List<Problem> problems, String key, Optional<Duration> value) {
    value.ifPresent(duration -> check(problems, key, duration));
  }

  static void check(List<Problem> problems, String key, long value, long least, long most) {
    if (value < least || value > most) {
      problems.add(
          new Problem(key, "a whole number from " + least + " to " + most, Long.toString(value)));
    }
  }
}
