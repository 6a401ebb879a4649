package dev.tollbar.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How much of a limit a call has used up: for decision records, never for the agent. Immutable.
 *
 * @param limit the limit in words, as denials name it: {@code "60 per minute"}. It comes from the
 *     document; no argument of the call may stand in it
 * @param max the most that the limit admits, in its own unit: calls, or what its amount counts
 * @param remaining what is left after this call, of the counter that this call counts on; not below
 *     zero
 * @param resetsAfter how long after the call's time, at the latest, what the call took counts no
 *     more: the end of a calendar window, the length of a rolling one. Empty where that cannot be
 *     known, as for calls in flight
 */
public record LimitUsage(
    String limit, BigDecimal max, BigDecimal remaining, Optional<Duration> resetsAfter) {

  public LimitUsage {
    Objects.requireNonNull(limit);
    Objects.requireNonNull(max);
    Objects.requireNonNull(remaining);
    Objects.requireNonNull(resetsAfter);
  }
}
