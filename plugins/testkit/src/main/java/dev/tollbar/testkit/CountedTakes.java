package dev.tollbar.testkit;

import dev.tollbar.api.Counters;
import dev.tollbar.document.ReadContext.CounterSource;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicInteger;

/** Counters that also count how often something is taken of them. */
record CountedTakes(CounterSource counters, AtomicInteger taken) implements CounterSource {

  @Override
  public Counters counters(String policy, String owner, boolean shadow) {
    Counters real = counters.counters(policy, owner, shadow);
    return new Counters() {
      @Override
      public Reading peek(Limit limit, BigDecimal amount) {
        return real.peek(limit, amount);
      }

      @Override
      public Reading take(Limit limit, BigDecimal amount) {
        taken.incrementAndGet();
        return real.take(limit, amount);
      }
    };
  }
}
