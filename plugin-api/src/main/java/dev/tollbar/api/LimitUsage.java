package dev.tollbar.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How much is left of a limit: after a call has taken from it, for decision records, or before, for
 * rules that go by that ({@link Call#limits}). Immutable.
 *
 * @param limit the limit in words, as denials name it: {@code "60 per minute"}. It comes from the
 *     document; no argument of the call may stand in it
 * @param max the most that the limit admits, in its own unit: calls, or what its amount counts
 * @param remaining what is left of the counter that this call counts on: after the call, or before
 *     it where nothing is taken yet; not below zero
 * @param resetsAfter how long after the call's time, at the latest, what the call takes counts no
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
