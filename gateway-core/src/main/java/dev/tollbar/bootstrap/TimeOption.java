package dev.tollbar.bootstrap;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as options write them: {@code 90d}, {@code 12h}, {@code 30m}, {@code 10s}. */
final class TimeOption {
  private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,4})([smhd])");

  private TimeOption() {}

  /** Empty if it is none. */
  static Optional<Duration> parse(String text) {
    Matcher read = LENGTH.matcher(text);
    if (!read.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(read.group(1));
    return Optional.of(
        switch (read.group(2)) {
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }
}
