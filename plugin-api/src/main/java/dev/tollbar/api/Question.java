package dev.tollbar.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What people are asked before a call goes on. The gateway binds the answer to the exact call,
 * stores the question before it asks, and uses an approval once.
 *
 * @param reason why a person is asked, for that person; may be empty
 * @param webhook the document's name of the webhook that is told; none: CLI and console decide
 * @param within how long the answer is waited for; then the call is denied
 * @param hold how long the call itself is kept open before the agent is told to come back
 * @param approvers how many different people must approve, at least 1
 */
public record Question(
    String reason, Optional<String> webhook, Duration within, Duration hold, int approvers) {

  public Question {
    Objects.requireNonNull(reason);
    Objects.requireNonNull(webhook);
    Objects.requireNonNull(within);
    Objects.requireNonNull(hold);
  }
}
