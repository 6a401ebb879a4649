package dev.tollbar.rule.limits;

import dev.tollbar.api.Counters;
import dev.tollbar.api.CountersFullException;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The counters, and what happens while they are out of reach. */
final class CounterAccess {
  private static final Duration BETWEEN_LOGS = Duration.ofMinutes(1);
  private static final Verdict.Deny UNAVAILABLE =
      new Verdict.Deny(
          Verdict.Code.STORE_UNAVAILABLE,
          "The limit of this tool cannot be checked at the moment. Try again later.",
          false,
          Optional.empty(),
          Optional.empty());

  private final RuleContext context;
  private final Counters counters;
  private final boolean open;
  private final AtomicReference<Instant> logged = new AtomicReference<>(Instant.MIN);

  CounterAccess(RuleContext context, boolean open) {
    this.context = context;
    this.counters = context.counters();
    this.open = open;
  }

  Counters counters() {
    return counters;
  }

  /** The answer while the counters are out of reach; empty if calls then pass. */
  Optional<Verdict.Deny> unavailable(StoreUnavailableException e) {
    log(
        "counters are down, " + (open ? "calls pass unmetered (fail: open)" : "calls are denied"),
        e);
    return open ? Optional.empty() : Optional.of(UNAVAILABLE);
  }

  /** The answer where no counter may be opened; whoever calls could bring that about on purpose. */
  Verdict.Deny full(CountersFullException e) {
    log("calls are denied that need another counter", e);
    return UNAVAILABLE;
  }

  void giveBack(Counters.Ticket ticket) {
    try {
      ticket.giveBack();
    } catch (StoreUnavailableException e) {
      log("counters are down, reservation " + ticket.id() + " stays taken", e);
    }
  }

  /** Once a minute: a store that is down must not fill the log. */
  private void log(String what, StoreUnavailableException e) {
    Instant now = context.clock().instant();
    Instant last = logged.get();
    if (!now.isBefore(last.plus(BETWEEN_LOGS)) && logged.compareAndSet(last, now)) {
      context.logger().warn("{}: {}: {}", context.pointer(), what, e.getMessage());
    }
  }
}
