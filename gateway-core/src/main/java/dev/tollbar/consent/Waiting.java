package dev.tollbar.consent;

import java.time.Duration;

/** Is told while a call is kept open, so that the client can be told that it is still alive. */
@FunctionalInterface
public interface Waiting {

  /** How often {@link #goesOn} is called, about. */
  Duration INTERVAL = Duration.ofSeconds(5);

  /**
   * Called on the thread that waits: once before it waits, then about every {@link #INTERVAL}.
   *
   * @param approval the approval waited for
   * @param waited how long it was waited for so far
   * @param hold how long it will be waited at most
   * @throws InterruptedException to give up: the client has gone
   */
  void goesOn(String approval, Duration waited, Duration hold) throws InterruptedException;
}
