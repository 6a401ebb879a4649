package dev.tollbar.state;

import dev.tollbar.api.Counters;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Counters that are kept nowhere: for trials, which must not touch those in force. They count as
 * those of a gateway do. Safe for use by many threads.
 */
public final class MemoryCounters {
  private final CounterTable counters;

  public MemoryCounters(InstantSource clock) {
    counters = CounterTable.fitting(Runtime.getRuntime().maxMemory(), clock, Optional.empty());
  }

  /** The counters of one rule, as {@link State#counters}. */
  public Counters counters(String policy, String pointer, boolean shadow) {
    return counters.of(policy, pointer, shadow);
  }
}
