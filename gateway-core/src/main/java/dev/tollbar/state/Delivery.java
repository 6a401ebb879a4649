package dev.tollbar.state;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A message to a webhook, until it is delivered or given up.
 *
 * @param webhook who is told, by the name in the document
 * @param attempts how often it was tried
 * @param due when it is tried next
 * @param problem why the last attempt failed
 * @param changed when this was written
 */
public record Delivery(
    String approval,
    Message message,
    String webhook,
    State state,
    int attempts,
    Instant due,
    Optional<String> problem,
    Instant changed) {

  /** What is told. */
  public enum Message {
    /** Somebody is wanted to decide. */
    REQUESTED,
    /** Nobody need decide any more. */
    WITHDRAWN;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** As it is written in messages and for people. */
    public String wire() {
      return wire;
    }
  }

  /** How far it got. */
  public enum State {
    WAITING,
    DELIVERED,
    /** Not delivered, and nobody needs it any more: the question has been answered. */
    NEEDLESS,
    /** Given up: a dead letter. */
    DEAD
  }
}
