package dev.tollbar.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One rule's answer. Only the gateway combines verdicts into a decision: any denial denies, and a
 * question is asked only after every rule of the call has permitted it or asked. Immutable.
 */
public sealed interface Verdict {

  /** Why a rule denied, as far as the agent is told. */
  enum Code {
    /** A rule that judges the call as such. Repeating the same call will not help. */
    RULE,
    /** A limit: the same call may be permitted later. */
    LIMIT,
    /** The rule could not decide. */
    RULE_ERROR,
    /** What the rule needs to decide is out of reach. */
    STORE_UNAVAILABLE
  }

  /** Nothing against it. */
  record Permit() implements Verdict {
    private static final Permit INSTANCE = new Permit();
  }

  /**
   * The call must not happen.
   *
   * @param code as which sort of denial the agent is told
   * @param reason for the agent, in plain words; no secrets, no exception text
   * @param keepReason whether {@code reason} is shown even where the document gives an {@code
   *     on_deny} text, because it tells the agent what to mend
   * @param retryAfter when the same call may be permitted, if it ever is
   * @param remaining what is left of a limit
   */
  record Deny(
      Code code,
      String reason,
      boolean keepReason,
      Optional<Duration> retryAfter,
      Optional<String> remaining)
      implements Verdict {

    public Deny {
      Objects.requireNonNull(code);
      Objects.requireNonNull(reason);
      Objects.requireNonNull(retryAfter);
      Objects.requireNonNull(remaining);
    }

    /** The same denial, whose reason is shown even beside an {@code on_deny} text. */
    public Deny keepingReason() {
      return new Deny(code, reason, true, retryAfter, remaining);
    }
  }

  /** People must agree first. The gateway does the asking. */
  record Ask(Question question) implements Verdict {
    public Ask {
      Objects.requireNonNull(question);
    }
  }

  /** Nothing against the call. */
  static Verdict permit() {
    return Permit.INSTANCE;
  }

  /**
   * Denies a call as such.
   *
   * @param reason as {@link Deny#reason}
   */
  static Deny deny(String reason) {
    return new Deny(Code.RULE, reason, false, Optional.empty(), Optional.empty());
  }

  /**
   * Denies a call for which a limit has too little left.
   *
   * @param reason as {@link Deny#reason}
   * @param retryAfter when the same call may be permitted
   * @param remaining what is left of the limit
   */
  static Deny overLimit(String reason, Duration retryAfter, String remaining) {
    return new Deny(Code.LIMIT, reason, false, Optional.of(retryAfter), Optional.of(remaining));
  }

  /** Has people asked. */
  static Ask ask(Question question) {
    return new Ask(question);
  }
}
