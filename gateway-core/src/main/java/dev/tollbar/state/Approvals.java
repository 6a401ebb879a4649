package dev.tollbar.state;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stored approvals. Every change is on disk before the method returns. Several processes may share
 * one store. All methods throw {@link dev.tollbar.api.StoreUnavailableException} when it cannot be
 * reached.
 */
public interface Approvals {

  /** What came of {@link #decide}. */
  enum Decided {
    RECORDED,
    UNKNOWN,
    ALREADY_DENIED,
    ALREADY_APPROVED,
    ALREADY_USED,
    EXPIRED,
    SAME_PERSON
  }

  /** The asked call's approval and whether it was stored just now, so that people must be told. */
  record Opened(Approval approval, boolean isNew) {}

  /**
   * The approval of the same binding and rule that is neither used nor, at that time, over; else
   * the given one, which is stored. A denied one counts as found until it expires.
   */
  Opened open(Approval question, Instant now);

  Optional<Approval> find(String id);

  /** All that are not older than a day after their end, newest first. */
  List<Approval> list(Instant now);

  Decided decide(String id, Approval.Answer answer);

  /** Marks it used. True for one caller only, and only if it is approved at that time. */
  boolean use(String id, Instant now);

  /** Makes a used approval usable again: the call was provably not delivered. */
  void giveBack(String id);
}
