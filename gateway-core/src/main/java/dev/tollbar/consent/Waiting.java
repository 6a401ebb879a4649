package dev.tollbar.consent;

import dev.tollbar.api.Question;
import dev.tollbar.state.Approval;
import java.time.Duration;

/** Is told while a call is kept open, so that its client can be told, or asked itself. */
@FunctionalInterface
public interface Waiting {

  /** Tells nobody. */
  Waiting SILENT = _ -> true;

  /**
   * What is waited for.
   *
   * @param waited for how long so far
   * @param hold for how long at most
   */
  record Held(Question question, Approval approval, Duration waited, Duration hold) {}

  /**
   * Called on the thread that waits: once for every question that is pending, then several times a
   * second. May answer the question itself.
   *
   * @return whether the call is to be kept open; false leaves the question pending
   * @throws InterruptedException to give up: the client has gone
   */
  boolean goesOn(Held held) throws InterruptedException;

  /**
   * Whether it is the client that has ended the waiting with an interrupt: then nobody need answer
   * any more.
   */
  default boolean cancelled() {
    return false;
  }
}
