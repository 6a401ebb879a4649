package dev.tollbar.rule.limits;

import dev.tollbar.api.Verdict;

/** Carries a denial out of the reading of a call. Has no stack trace, and leaves no rule. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never sent anywhere
  private final Verdict.Deny denial;

  Refused(String reason) {
    super(reason, null, false, false);
    denial = Verdict.deny(reason).keepingReason();
  }

  Verdict.Deny denial() {
    return denial;
  }
}
