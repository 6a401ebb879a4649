package dev.tollbar.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * Why a call must not happen.
 *
 * @param rule the deciding rule: its id, its JSON Pointer, or {@code (no policy)}, {@code
 *     (hidden)}, {@code (default deny)}
 * @param reason for the agent
 * @param retryAfter when the same call may be permitted
 * @param remaining what is left of a limit
 */
public record Denial(
    DenialCode code,
    String rule,
    String reason,
    Optional<Duration> retryAfter,
    Optional<String> remaining) {

  public static Denial of(DenialCode code, String rule, String reason) {
    return new Denial(code, rule, reason, Optional.empty(), Optional.empty());
  }

  /**
   * Whether repeating the same call can never help: also of one that is above a limit by itself.
   */
  public boolean isFinal() {
    return code.isFinal() || (code == DenialCode.LIMIT && retryAfter.isEmpty());
  }

  /** Rounded up, so that who waits that long does not come too early; 0 if nobody knows. */
  public long retryAfterMs() {
    return retryAfter.map(wait -> wait.plusNanos(999_999).toMillis()).orElse(0L);
  }
}
