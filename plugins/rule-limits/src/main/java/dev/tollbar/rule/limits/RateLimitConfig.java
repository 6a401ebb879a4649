package dev.tollbar.rule.limits;

import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Tunable;

/** The config of {@code rate_limit}. */
@Doc("At most so many calls of a session in any so many seconds.")
public record RateLimitConfig(
    @Doc("At most this many calls in the window") @Tunable Max max,
    @Doc("The length of the window, which rolls, in seconds") long window) {

  private static final long LONGEST = 366L * 86_400;

  public RateLimitConfig {
    if (window < 1 || window > LONGEST) {
      throw new InvalidConfigException(
          "window", "seconds as a whole number, 1 to " + LONGEST, String.valueOf(window));
    }
  }
}
