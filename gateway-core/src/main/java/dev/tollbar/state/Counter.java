package dev.tollbar.state;

import dev.tollbar.api.Counters.Reading;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** One counter. Safe for use by many threads. */
sealed interface Counter permits MemoryCounter, LeasedCounter {

  /** On whose account it is open. */
  String holder();

  /** What {@link #take} would say. */
  Reading peek(BigDecimal max, BigDecimal amount, InstantSource clock);

  /**
   * Takes if it fits; empty if this counter was forgotten meanwhile and another stands in its
   * place.
   */
  Optional<Reading> take(BigDecimal max, BigDecimal amount, InstantSource clock);

  /** Forgets it if nothing counts in it; true if it is forgotten now. */
  boolean forget(Instant now);
}
