package dev.tollbar.bootstrap;

import dev.tollbar.policy.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lengths of time as options write them: {@code 90d}, {@code 12h}, {@code 30m}, {@code 10s}. */
final class TimeOption {
  private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,4})([smhd])");

  private TimeOption() {}

  /**
   * How long something is good for.
   *
   * @param expires the option {@code --expires}; null if it was not given
   * @return empty: until it is revoked
   */
  static Optional<Duration> lifetime(@Nullable String expires) throws CommandException {
    if (expires == null) {
      return Optional.empty();
    }
    Optional<Duration> lifetime = parse(expires);
    if (lifetime.isEmpty()) {
      throw CommandException.badInput(
          "tollbar: --expires: expected a time such as 90d, 12h or 30m; found "
              + Wording.quote(expires)
              + ".");
    }
    return lifetime;
  }

  /** Until when something is good that {@code --expires} and revocation can end, for lists. */
  static String standing(Optional<Instant> revoked, Optional<Instant> expires, Instant now) {
    return revoked
        .map(at -> "revoked " + at)
        .or(() -> expires.map(end -> (now.isBefore(end) ? "expires " : "expired ") + end))
        .orElse("valid");
  }

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
