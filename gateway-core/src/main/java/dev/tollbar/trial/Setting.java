package dev.tollbar.trial;

import dev.tollbar.api.Counters;
import dev.tollbar.document.ReadContext.CounterSource;
import dev.tollbar.state.MemoryCounters;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The clock and the counters of a document on trial. They can be set anew without compiling the
 * document again. One thread at a time.
 */
final class Setting implements InstantSource, CounterSource {
  private volatile Instant now = Instant.EPOCH;
  private MemoryCounters counters = new MemoryCounters(this);

  /** What counters begin with: by counter name, or by id or pointer of the rule. */
  private Map<String, BigDecimal> used = Map.of();

  private final Set<Begun> begun = new HashSet<>();

  private record Begun(String policy, String owner, boolean shadow, Counters.Limit limit) {}

  /** Begins anew: at a time, with counters that have counted so much. */
  void begin(Instant time, Map<String, BigDecimal> alreadyUsed) {
    now = time;
    counters = new MemoryCounters(this);
    used = Map.copyOf(alreadyUsed);
    begun.clear();
  }

  void moveTo(Instant time) {
    now = time;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public Counters counters(String policy, String owner, boolean shadow) {
    return counters(policy, owner, shadow, "");
  }

  @Override
  public Counters counters(String policy, String owner, boolean shadow, String pointer) {
    List<String> names =
        owner.startsWith("#") ? List.of(owner.substring(1), pointer) : List.of(pointer);
    return new Counters() {
      @Override
      public Reading peek(Limit limit, BigDecimal amount) {
        return begun(limit).peek(limit, amount);
      }

      @Override
      public Reading take(Limit limit, BigDecimal amount) {
        return begun(limit).take(limit, amount);
      }

      private Counters begun(Limit limit) {
        Counters mine = Setting.this.counters.counters(policy, owner, shadow);
        Limit anyMax =
            new Limit(limit.counter(), limit.scope(), "", limit.window(), BigDecimal.ZERO);
        // A counter with a name belongs to several rules, and begins once.
        String whose = limit.counter().isPresent() ? "" : owner;
        if (!used.isEmpty() && begun.add(new Begun(policy, whose, shadow, anyMax))) {
          fill(mine, limit, names);
        }
        return mine;
      }
    };
  }

  private void fill(Counters mine, Counters.Limit limit, List<String> names) {
    limit
        .counter()
        .filter(used::containsKey)
        .or(() -> names.stream().filter(used::containsKey).findFirst())
        .map(used::get)
        .ifPresent(amount ->
            mine.take(
                new Counters.Limit(
                    limit.counter(), limit.scope(), limit.holder(), limit.window(), amount),
                amount));
  }
}
