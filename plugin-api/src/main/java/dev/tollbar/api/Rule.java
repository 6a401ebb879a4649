package dev.tollbar.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * One configured rule. Used by many virtual threads at once; closed when the last revision that
 * holds it is gone and no call uses it any more.
 *
 * <p>A rule that throws, takes longer than 5 s or returns {@code null} denies the call. Its thread
 * is interrupted then: who heeds that leaves nothing behind.
 */
public interface Rule extends AutoCloseable {

  /**
   * What this rule says to a call. Free of effects: it is also used for listings, dry runs and
   * tests, and a call may be evaluated more than once. A limit answers here what reserving would
   * answer.
   *
   * @throws InterruptedException when the thread was interrupted: the call is then denied
   */
  Verdict evaluate(Call call) throws InterruptedException;

  /**
   * What this rule says to a call, with what it saw. As free of effects as {@link #evaluate}, whose
   * verdict it gives; used where people ask why, never while calls are served. The default tells
   * the verdict alone.
   *
   * @throws InterruptedException when the thread was interrupted
   */
  default Explanation explain(Call call) throws InterruptedException {
    return Explanation.of(evaluate(call));
  }

  /**
   * Takes what the call uses up, after every rule has permitted it and every person asked has
   * approved. All reservations of a call hold or none: if a later rule refuses, this one is settled
   * with {@link Outcome.NotDelivered}. The default takes nothing.
   */
  default Reservation reserve(Call call) throws InterruptedException {
    return Reservation.NOTHING;
  }

  /**
   * What is left of the limits that this rule has for a call, before the call takes anything: what
   * {@link Call#limits} shows to other rules. As free of effects as {@link #evaluate}, and within
   * its time. Asked only where a rule looks at limits, by any thread. A limit that cannot count the
   * call, and denies it for that, is left out. The default has none.
   *
   * @param call without limits of its own
   * @throws StoreUnavailableException if it cannot be told
   * @throws InterruptedException when the thread was interrupted
   */
  default List<LimitUsage> usage(Call call) throws InterruptedException {
    return List.of();
  }

  /**
   * Whether {@link #evaluateResult} or a reservation of this rule needs to read results. Replies
   * are streamed through unread otherwise. Asked once, when the revision is compiled.
   */
  default boolean readsResults() {
    return false;
  }

  /**
   * What this rule says to the result of a permitted call, before the client sees it. Only called
   * if {@link #readsResults()}. A denial replaces the result; the call itself has happened.
   *
   * @param result the {@code result} member of the reply; not to be changed
   */
  default Verdict evaluateResult(Call call, JsonNode result) throws InterruptedException {
    return Verdict.permit();
  }

  /**
   * Why this rule denies every call at present, as one line for operators: what it needs is out of
   * reach, or it has failed too often. Empty while it works. Asked whenever somebody looks at the
   * gateway's health, by any thread; must not block. No secrets. The default works always.
   */
  default Optional<String> outage() {
    return Optional.empty();
  }

  /** Gives back what the rule holds. Called once, while no call is in it; has 5 s. */
  @Override
  default void close() {}
}
