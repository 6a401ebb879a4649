package dev.tollbar.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is set. */
final class SetClock implements InstantSource {
  private volatile Instant now;

  SetClock(String now) {
    this.now = Instant.parse(now);
  }

  @Override
  public Instant instant() {
    return now;
  }

  void set(String time) {
    now = Instant.parse(time);
  }

  void step(Duration step) {
    now = now.plus(step);
  }
}
