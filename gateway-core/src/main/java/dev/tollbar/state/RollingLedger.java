package dev.tollbar.state;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * A rolling window: a log of what was admitted in each millisecond, so that in no interval of the
 * length more than the maximum is admitted.
 *
 * <p>Times are rounded against the caller: an entry is put at the end of its millisecond. What was
 * admitted at one instant counts no more exactly one length later. Where the log may not grow any
 * more, neighbours are merged into the later one: that keeps amounts for longer than needed, never
 * for less.
 */
final class RollingLedger implements Ledger {

  /** How many milliseconds are told apart at most. */
  static final int MAX_ENTRIES = 1_024;

  private static final int FIRST_ENTRIES = 4;

  private final long length;
  private final LogRoom room;

  // Entries lie in [first, end), the oldest first. Arrays, as a counter may have a thousand.
  private long[] places = new long[0];
  private BigDecimal[] amounts = new BigDecimal[0];
  private int first;
  private int end;

  private BigDecimal used = BigDecimal.ZERO;
  private long latest = Long.MIN_VALUE;
  private long lastPlace = Long.MIN_VALUE;
  private long droppedThrough = Long.MIN_VALUE;

  RollingLedger(Duration length, LogRoom room) {
    this.length = ceilingMillis(length);
    this.room = room;
  }

  @Override
  public BigDecimal used(Instant now) {
    // A clock that steps back must not sort new entries before old ones.
    latest = Math.max(latest, now.toEpochMilli());
    while (first < end && places[first] + length <= latest) {
      droppedThrough = places[first];
      used = used.subtract(amounts[first]);
      amounts[first] = BigDecimal.ZERO;
      first++;
    }
    if (first == end && end > 0) {
      close();
    }
    return used;
  }

  @Override
  public long place(Instant now) {
    used(now);
    return Math.max(lastPlace, Math.max(latest, ceilingMillis(now)));
  }

  @Override
  public void expiries(List<Expiry> expiries) {
    for (int i = first; i < end; i++) {
      if (amounts[i].signum() > 0) {
        expiries.add(new Expiry(places[i] + length, amounts[i]));
      }
    }
  }

  @Override
  public long add(BigDecimal amount, Instant now) {
    long place = place(now);
    used = used.add(amount);
    if (first < end && places[end - 1] == place) {
      amounts[end - 1] = amounts[end - 1].add(amount);
    } else {
      if (end == places.length) {
        makeSpace();
      }
      places[end] = place;
      amounts[end] = amount;
      end++;
    }
    lastPlace = place;
    return place;
  }

  @Override
  public void remove(long place, BigDecimal amount) {
    if (place <= droppedThrough) {
      return;
    }
    int found = Arrays.binarySearch(places, first, end, place);
    // The entry itself, or the later one that it was merged into.
    int at = found >= 0 ? found : -found - 1;
    amounts[at] = amounts[at].subtract(amount);
    used = used.subtract(amount);
    while (first < end && amounts[end - 1].signum() == 0) {
      end--;
    }
  }

  @Override
  public Duration untilFree(BigDecimal amount, Instant now) {
    BigDecimal free = BigDecimal.ZERO;
    Duration wait = Duration.ZERO;
    for (int i = first; i < end && free.compareTo(amount) < 0; i++) {
      if (amounts[i].signum() > 0) {
        wait = Duration.between(now, Instant.ofEpochMilli(places[i] + length));
        free = free.add(amounts[i]);
      }
    }
    return wait;
  }

  @Override
  public boolean idle(Instant now) {
    return used(now).signum() == 0;
  }

  @Override
  public void close() {
    first = 0;
    end = 0;
    if (places.length > FIRST_ENTRIES) {
      room.giveBack(places.length - FIRST_ENTRIES);
      places = new long[0];
      amounts = new BigDecimal[0];
    }
  }

  private void makeSpace() {
    int capacity = places.length;
    if (capacity == 0) {
      move(FIRST_ENTRIES);
    } else if (first >= capacity / 2) {
      move(capacity);
    } else if (capacity < MAX_ENTRIES && room.take(capacity)) {
      move(2 * capacity);
    } else {
      merge();
    }
  }

  /** Puts the entries at the front of arrays of this capacity. */
  private void move(int capacity) {
    long[] newPlaces = capacity == places.length ? places : new long[capacity];
    BigDecimal[] newAmounts = capacity == amounts.length ? amounts : new BigDecimal[capacity];
    System.arraycopy(places, first, newPlaces, 0, end - first);
    System.arraycopy(amounts, first, newAmounts, 0, end - first);
    Arrays.fill(newAmounts, end - first, capacity, BigDecimal.ZERO);
    places = newPlaces;
    amounts = newAmounts;
    end -= first;
    first = 0;
  }

  /** Makes one of each two neighbours. */
  private void merge() {
    int merged = 0;
    for (int i = first; i < end; i += 2) {
      boolean pair = i + 1 < end;
      places[merged] = pair ? places[i + 1] : places[i];
      amounts[merged] = pair ? amounts[i].add(amounts[i + 1]) : amounts[i];
      merged++;
    }
    Arrays.fill(amounts, merged, end, BigDecimal.ZERO);
    first = 0;
    end = merged;
  }

  private static long ceilingMillis(Instant time) {
    return time.plusNanos(999_999).toEpochMilli();
  }

  private static long ceilingMillis(Duration length) {
    return length.plusNanos(999_999).toMillis();
  }
}
