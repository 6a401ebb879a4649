package dev.tollbar.testkit;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved. Safe for use by many threads. */
final class SetClock implements InstantSource {
  private volatile Instant now;

  SetClock(Instant start) {
    this.now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves it; false if that would be backward, and nothing is done. */
  synchronized boolean moveTo(Instant time) {
    if (time.isBefore(now)) {
      return false;
    }
    now = time;
    return true;
  }
}
