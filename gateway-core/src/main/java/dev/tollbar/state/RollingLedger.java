package dev.tollbar.state;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A rolling window: a log of what was admitted in each millisecond, so that in no interval of the
 * length more than the maximum is admitted.
 *
 * <p>Times are rounded against the caller: an entry is put at the end of its millisecond. What was
 * admitted at one instant counts no more exactly one length later.
 */
final class RollingLedger implements Ledger {

  /**
   * How many milliseconds are told apart. Beyond it, neighbours are merged into the later one: that
   * keeps amounts for longer than needed, never for less.
   */
  static final int MAX_ENTRIES = 16_384;

  private final long length;
  private final TreeMap<Long, BigDecimal> log = new TreeMap<>();
  private BigDecimal used = BigDecimal.ZERO;
  private long latest = Long.MIN_VALUE;
  private long lastPlace = Long.MIN_VALUE;
  private long droppedThrough = Long.MIN_VALUE;

  RollingLedger(Duration length) {
    this.length = ceilingMillis(length);
  }

  @Override
  public BigDecimal used(Instant now) {
    // A clock that steps back must not sort new entries before old ones.
    latest = Math.max(latest, now.toEpochMilli());
    Map.Entry<Long, BigDecimal> oldest = log.firstEntry();
    while (oldest != null && oldest.getKey() + length <= latest) {
      droppedThrough = oldest.getKey();
      used = used.subtract(oldest.getValue());
      log.remove(oldest.getKey());
      oldest = log.firstEntry();
    }
    return used;
  }

  @Override
  public long add(BigDecimal amount, Instant now) {
    used = used(now).add(amount);
    long place = Math.max(lastPlace, Math.max(latest, ceilingMillis(now)));
    lastPlace = place;
    log.merge(place, amount, BigDecimal::add);
    if (log.size() > MAX_ENTRIES) {
      halve();
    }
    return place;
  }

  @Override
  public void remove(long place, BigDecimal amount) {
    if (place <= droppedThrough) {
      return;
    }
    // The entry itself, or the later one that it was merged into.
    Map.Entry<Long, BigDecimal> entry = log.ceilingEntry(place);
    if (entry == null) {
      return;
    }
    BigDecimal left = entry.getValue().subtract(amount);
    if (left.signum() == 0) {
      log.remove(entry.getKey());
    } else {
      log.put(entry.getKey(), left);
    }
    used = used.subtract(amount);
  }

  @Override
  public Duration untilFree(BigDecimal amount, Instant now) {
    BigDecimal free = BigDecimal.ZERO;
    Duration wait = Duration.ZERO;
    for (Map.Entry<Long, BigDecimal> entry : log.entrySet()) {
      wait = Duration.between(now, Instant.ofEpochMilli(entry.getKey() + length));
      free = free.add(entry.getValue());
      if (free.compareTo(amount) >= 0) {
        break;
      }
    }
    return wait;
  }

  @Override
  public boolean idle(Instant now) {
    return used(now).signum() == 0;
  }

  private void halve() {
    TreeMap<Long, BigDecimal> merged = new TreeMap<>();
    BigDecimal carried = BigDecimal.ZERO;
    boolean carry = true;
    for (Map.Entry<Long, BigDecimal> entry : log.entrySet()) {
      if (carry && !entry.getKey().equals(log.lastKey())) {
        carried = entry.getValue();
      } else {
        merged.put(entry.getKey(), entry.getValue().add(carried));
        carried = BigDecimal.ZERO;
      }
      carry = !carry;
    }
    log.clear();
    log.putAll(merged);
  }

  private static long ceilingMillis(Instant time) {
    return time.plusNanos(999_999).toEpochMilli();
  }

  private static long ceilingMillis(Duration length) {
    return length.plusNanos(999_999).toMillis();
  }
}
