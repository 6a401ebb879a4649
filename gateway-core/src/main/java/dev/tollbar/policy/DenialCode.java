package dev.tollbar.policy;

import java.util.Locale;

/** Why a call was denied, as agents and decision records name it (policy language, section 8). */
public enum DenialCode {
  NO_POLICY,
  HIDDEN,
  DEFAULT_DENY,
  RULE,
  LIMIT,
  APPROVAL_DENIED,
  APPROVAL_EXPIRED,
  APPROVAL_PENDING,
  RULE_ERROR,
  STORE_UNAVAILABLE;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /** The code as it is written in replies and records. */
  public String wire() {
    return wire;
  }

  /** Whether repeating the same call can never help under the same revision. */
  public boolean isFinal() {
    return switch (this) {
      case NO_POLICY, HIDDEN, DEFAULT_DENY, RULE, APPROVAL_DENIED -> true;
      case LIMIT, APPROVAL_EXPIRED, APPROVAL_PENDING, RULE_ERROR, STORE_UNAVAILABLE -> false;
    };
  }
}
