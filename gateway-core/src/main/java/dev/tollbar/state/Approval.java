package dev.tollbar.state;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A person's decision on one exact call, from the question to its use.
 *
 * @param id its public name, unguessable
 * @param binding digest of grant, server, tool, canonical arguments, policy and how the server is
 *     reached: what the answer is good for
 * @param arguments the canonical arguments, as JSON
 * @param rule which rule asks
 * @param reason why it asks
 * @param approvers how many different people must approve
 * @param expires until when it can be answered, and used if it is good for one call
 * @param used when it was last used
 * @param reuse how long after it was given the same call needs no other one; zero: it is good once
 * @param withdrawn when the client gave the call up, so that nobody need answer any more
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
    Optional<Instant> used,
    Duration reuse,
    Optional<Instant> withdrawn) {

  /** One that is good once, and was not withdrawn. */
  public Approval(
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
    this(
        id,
        binding,
        grant,
        server,
        tool,
        arguments,
        rule,
        reason,
        webhook,
        revision,
        approvers,
        created,
        expires,
        answers,
        used,
        Duration.ZERO,
        Optional.empty());
  }

  /** Where an approval stands. */
  public enum Status {
    PENDING,
    APPROVED,
    DENIED,
    EXPIRED,
    USED,
    WITHDRAWN;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** As it is written for people and programs. */
    public String wire() {
      return wire;
    }
  }

  /**
   * What one person said.
   *
   * @param by who, as far as the gateway knows
   * @param comment for the agent; may be empty
   * @param link which link it was said by, if it was by one: each is good for one answer
   */
  public record Answer(
      boolean approve, String by, String comment, Instant at, Optional<String> link) {

    /** An answer that came by no link. */
    public Answer(boolean approve, String by, String comment, Instant at) {
      this(approve, by, comment, at, Optional.empty());
    }

    /** Names are told apart by more than capitals and space around them. */
    boolean isBySamePersonAs(Answer other) {
      return person().equals(other.person());
    }

    private String person() {
      return by.strip().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Whether nothing can be said by a link any more: by that very one was answered; or it would
   * approve, and who has it has approved by another one. One person has several links, which end in
   * one number.
   */
  public boolean isSpent(String link, boolean approves) {
    return answers.stream()
        .anyMatch(answer ->
            answer
                .link()
                .filter(used ->
                    used.equals(link)
                        || (approves && answer.approve() && holder(used).equals(holder(link))))
                .isPresent());
  }

  private static String holder(String link) {
    return link.substring(link.lastIndexOf('-') + 1);
  }

  /** Where it stands at a given time. One denial denies; enough different people approve. */
  public Status status(Instant now) {
    if (withdrawn.isPresent()) {
      return Status.WITHDRAWN;
    }
    if (used.isPresent() && reuse.isZero()) {
      return Status.USED;
    }
    if (answers.stream().anyMatch(answer -> !answer.approve())) {
      return Status.DENIED;
    }
    Optional<Instant> given = given();
    if (given.isPresent() && now.isBefore(usable(given.get()))) {
      return Status.APPROVED;
    }
    if (used.isPresent()) {
      return Status.USED;
    }
    return now.isBefore(expires) ? Status.PENDING : Status.EXPIRED;
  }

  /** How many more people must approve. */
  public int missing() {
    long approved = answers.stream().filter(Answer::approve).map(Answer::person).distinct().count();
    return (int) Math.max(0, approvers - approved);
  }

  /** Whether a repetition of the same call is for this one. */
  boolean isFor(Instant now) {
    return switch (status(now)) {
      case PENDING, APPROVED -> true;
      case DENIED -> now.isBefore(expires);
      case EXPIRED, USED, WITHDRAWN -> false;
    };
  }

  /** When the last of the people that it needs approved. */
  private Optional<Instant> given() {
    Set<String> people = new HashSet<>();
    for (Answer answer : answers) {
      if (answer.approve() && people.add(answer.person()) && people.size() >= approvers) {
        return Optional.of(answer.at());
      }
    }
    return Optional.empty();
  }

  private Instant usable(Instant given) {
    Instant again = given.plus(reuse);
    return used.isPresent() || again.isAfter(expires) ? again : expires;
  }
}
