package dev.tollbar.testkit;

import java.util.List;
import java.util.Optional;

/** What is to come of a call. What is not given is not looked at. */
record Expect(
    Decision decision,
    boolean forwarded,
    Optional<String> code,
    Optional<String> rule,
    Optional<String> text,
    Optional<Integer> http,
    Optional<Integer> error,
    Optional<List<String>> tools,
    Optional<Integer> revision) {

  /** How a call can end at the gateway. */
  enum Decision {
    PERMIT,
    DENY,
    /** A person is asked. */
    PENDING,
    /** Turned away without a decision of the policy. */
    REFUSED
  }
}
