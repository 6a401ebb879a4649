package dev.tollbar.state;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The messages to webhooks, stored together with what they tell. Several processes may share one
 * store: a message is claimed by the one that delivers it, for a time. All methods throw {@link
 * dev.tollbar.api.StoreUnavailableException} when the store cannot be reached.
 */
public interface Deliveries {

  /** The webhooks for which messages wait that are due and claimed by nobody. */
  Set<String> due(Instant now);

  /**
   * Claims messages, the oldest first.
   *
   * @param due those that were due then
   * @param until nobody else gets them before, unless they are settled
   * @param most at most so many
   */
  List<Delivery> claim(String webhook, Instant now, Instant due, Instant until, int most);

  /** As {@link #claim}, but only messages about questions whose time is over. */
  List<Delivery> claimOver(String webhook, Instant now, Instant until, int most);

  /** What came of an attempt: it is counted, and the claim ends. */
  void settle(Delivery claimed, Delivery.State state, Instant due, String problem, Instant now);

  /** The dead letters, newest first. */
  List<Delivery> dead();

  /** Of one approval. */
  List<Delivery> of(String approval);

  /** Tries a dead letter again, from the beginning. False if there is none of that approval. */
  boolean redeliver(String approval, Instant now);

  /** The dead letters of one approval, or of all, are no longer kept. How many there were. */
  int dismiss(Optional<String> approval);
}
