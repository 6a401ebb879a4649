package dev.tollbar.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What people are asked before a call goes on. The gateway binds the answer to the exact call,
 * stores the question before it asks, and uses an approval once, or as often as {@code reuse} says.
 *
 * @param reason why a person is asked, for that person; may be empty
 * @param webhook the document's name of the webhook that is told; none: CLI and console decide
 * @param within how long the answer is waited for; then the call is denied
 * @param hold how long the call itself is kept open before the agent is told to come back
 * @param approvers how many different people must approve, at least 1
 * @param reuse how long after it was given an approval is good for the same call again; zero: it is
 *     good once
 * @param via who is asked beside CLI, console and webhook
 */
public record Question(
    String reason,
    Optional<String> webhook,
    Duration within,
    Duration hold,
    int approvers,
    Duration reuse,
    Via via) {

  /** Who is asked. */
  public enum Via {
    /** Those who decide by CLI, console, webhook or link. */
    PEOPLE,
    /** Whoever sits at the client, too, if it can ask (MCP elicitation). */
    ELICITATION
  }

  /** A question to people, whose answer is good once. */
  public Question(
      String reason, Optional<String> webhook, Duration within, Duration hold, int approvers) {
    this(reason, webhook, within, hold, approvers, Duration.ZERO, Via.PEOPLE);
  }

  /** The same question with another hold. */
  public Question holding(Duration other) {
    return new Question(reason, webhook, within, other, approvers, reuse, via);
  }
}
