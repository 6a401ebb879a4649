package dev.tollbar.rule.limits;

import dev.tollbar.api.Counters;
import dev.tollbar.api.CountersFullException;
import dev.tollbar.api.StoreUnavailableException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counters whose windows never end. */
final class FakeCounters implements Counters {
  final Map<List<String>, BigDecimal> used = new HashMap<>();
  final List<Limit> asked = new ArrayList<>();
  Duration retryAfter = Duration.ofSeconds(23);
  boolean down;
  boolean full;

  @Override
  public Reading peek(Limit limit, BigDecimal amount) {
    check(limit);
    BigDecimal left = limit.max().subtract(used.getOrDefault(limit.scope(), BigDecimal.ZERO));
    boolean fits = amount.compareTo(left) <= 0;
    return new Reading(fits, left, fits ? Duration.ZERO : retryAfter, Optional.empty());
  }

  @Override
  public Reading take(Limit limit, BigDecimal amount) {
    Reading peeked = peek(limit, amount);
    if (!peeked.admitted()) {
      return peeked;
    }
    used.merge(limit.scope(), amount, BigDecimal::add);
    Ticket ticket =
        new Ticket() {
          @Override
          public String id() {
            return "t1";
          }

          @Override
          public void giveBack() {
            check(limit);
            used.merge(limit.scope(), amount.negate(), BigDecimal::add);
          }
        };
    return new Reading(
        true, peeked.remaining().subtract(amount), Duration.ZERO, Optional.of(ticket));
  }

  private void check(Limit limit) {
    asked.add(limit);
    if (full) {
      throw new CountersFullException("no room for another counter");
    }
    if (down) {
      throw new StoreUnavailableException("connection refused");
    }
  }
}
