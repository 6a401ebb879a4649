package dev.tollbar.state;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A person's decision on one exact call, from the question to its use.
 *
 * @param id its public name, unguessable
 * @param binding digest of grant, server, tool, canonical arguments and policy revision: what the
 *     answer is good for
 * @param arguments the canonical arguments, as JSON
 * @param rule which rule asks
 * @param reason why it asks
 * @param approvers how many different people must approve
 */
public record Approval(
    String id,
    String binding,
    String grant,
    String server,
    String tool,
    String arguments,
    String rule,
    String reason,
    Optional<String> webhook,
    String revision,
    int approvers,
    Instant created,
    Instant expires,
    List<Answer> answers,
    Optional<Instant> used) {

  public enum Status {
    PENDING,
    APPROVED,
    DENIED,
    EXPIRED,
    USED
  }

  /**
   * What one person said.
   *
   * @param by who, as far as the gateway knows
   * @param comment for the agent; may be empty
   */
  public record Answer(boolean approve, String by, String comment, Instant at) {}

  /** Where it stands at a given time. One denial denies; enough different people approve. */
  public Status status(Instant now) {
    if (used.isPresent()) {
      return Status.USED;
    }
    if (answers.stream().anyMatch(answer -> !answer.approve())) {
      return Status.DENIED;
    }
    if (!now.isBefore(expires)) {
      return Status.EXPIRED;
    }
    long approved = answers.stream().map(Answer::by).distinct().count();
    return approved >= approvers ? Status.APPROVED : Status.PENDING;
  }
}
