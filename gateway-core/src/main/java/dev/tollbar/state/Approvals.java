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
  /** So many questions of one grant are open at most: more of them would only tire people. */
  int MOST_OPEN = 100;

  /** What came of {@link #decide}. All but the first leave everything as it was. */
  enum Decided {
    RECORDED,
    UNKNOWN,
    ALREADY_DENIED,
    ALREADY_APPROVED,
    ALREADY_USED,
    EXPIRED,
    WITHDRAWN,
    SAME_PERSON,
    LINK_USED
  }

  /** The asked call's approval and whether it was stored just now, so that people must be told. */
  record Opened(Approval approval, boolean isNew) {}

  /**
   * What came of an answer.
   *
   * @param approval as it stood at that moment; empty if there is none
   */
  record Judged(Decided decided, Optional<Approval> approval) {}

  /**
   * The approval of the same binding and rule that is neither used up, withdrawn nor, at that time,
   * over; else the given one, which is stored together with the message to its webhook. A denied
   * one counts as found until it expires.
   *
   * @throws TooManyQuestionsException when the grant has {@link #MOST_OPEN} questions open
   */
  Opened open(Approval question, Instant now);

  Optional<Approval> find(String id);

  /** All that are not older than a day after their end, newest first. */
  List<Approval> list(Instant now);

  /** Stores an answer, if it still can be given. */
  Judged answer(String id, Approval.Answer answer);

  /** As {@link #answer}, for who need not know the approval. */
  default Decided decide(String id, Approval.Answer answer) {
    return answer(id, answer).decided();
  }

  /** Marks it used. True for one caller only, and only if it is approved at that time. */
  boolean use(String id, Instant now);

  /** As {@link #use}, all of them or none. */
  boolean useAll(List<String> ids, Instant now);

  /** Makes a used approval usable again: the call was provably not delivered. */
  void giveBack(String id);

  /** Nobody need answer any more: the client gave the call up. False if it is not pending. */
  boolean withdraw(String id, Instant now);

  /** The last other call of the same grant, tool and rule that was approved and made. */
  Optional<Approval> lastUsed(Approval like);
}
