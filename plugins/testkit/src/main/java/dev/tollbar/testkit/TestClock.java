package dev.tollbar.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved. Safe for use by many threads. */
public final class TestClock implements InstantSource {
  private volatile Instant now;

  /** A clock that says this time until it is moved. */
  public TestClock(Instant start) {
    this.now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves it; false if that would be backward, and nothing is done. */
  public synchronized boolean moveTo(Instant time) {
    if (time.isBefore(now)) {
      return false;
    }
    now = time;
    return true;
  }

  /**
   * Moves it on.
   *
   * @throws IllegalArgumentException if that would be backward
   */
  public void moveOn(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("a clock does not go backward: " + time);
    }
    moveTo(now.plus(time));
  }
}
