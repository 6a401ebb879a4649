package dev.tollbar.state;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/** Calls in flight: what was taken counts until it is given back. */
final class InFlightLedger implements Ledger {

  /** Nobody knows when a call ends; this is when it is worth asking again. */
  static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private BigDecimal used = BigDecimal.ZERO;

  @Override
  public BigDecimal used(Instant now) {
    return used;
  }

  @Override
  public long add(BigDecimal amount, Instant now) {
    used = used.add(amount);
    return 0;
  }

  @Override
  public long place(Instant now) {
    return 0;
  }

  @Override
  public void remove(long place, BigDecimal amount) {
    used = used.subtract(amount);
  }

  @Override
  public Duration untilFree(BigDecimal amount, Instant now) {
    return ASK_AGAIN;
  }

  @Override
  public boolean idle(Instant now) {
    return used.signum() == 0;
  }
}
