package dev.tollbar.state;

import dev.tollbar.state.CounterFile.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What others may count of one counter, or have counted, as the file said last: other processes,
 * and earlier ones. All of it counts as used. Not safe for threads by itself.
 */
final class Inherited {
  private static final int FREE_PARTS = 4;

  private final Places places;
  private final LogRoom room;

  // The oldest first.
  private long[] at = new long[0];
  private BigDecimal[] amounts = new BigDecimal[0];
  private int first;
  private BigDecimal used = BigDecimal.ZERO;
  private int charged;

  Inherited(Places places, LogRoom room) {
    this.places = places;
    this.room = room;
  }

  /** How much of these rows counts at a time. */
  static BigDecimal sum(List<Row> rows, Places places, long now) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Row row : rows) {
      if (places.counts(row.place(), now)) {
        sum = sum.add(row.amount());
      }
    }
    return sum;
  }

  void set(List<Row> rows, long now) {
    SortedMap<Long, BigDecimal> byPlace = new TreeMap<>();
    for (Row row : rows) {
      if (places.counts(row.place(), now) && row.amount().signum() > 0) {
        byPlace.merge(row.place(), row.amount(), BigDecimal::add);
      }
    }
    close();
    int extra = byPlace.size() - FREE_PARTS;
    if (extra > 0) {
      if (room.take(extra)) {
        charged = extra;
      } else {
        merge(byPlace);
      }
    }
    at = new long[byPlace.size()];
    amounts = new BigDecimal[byPlace.size()];
    int index = 0;
    for (Map.Entry<Long, BigDecimal> entry : byPlace.entrySet()) {
      at[index] = entry.getKey();
      amounts[index] = entry.getValue();
      used = used.add(entry.getValue());
      index++;
    }
  }

  /** Into few places, each the latest of those that it stands for: it counts longer, never less. */
  private static void merge(SortedMap<Long, BigDecimal> byPlace) {
    List<Map.Entry<Long, BigDecimal>> all = new ArrayList<>(byPlace.entrySet());
    int each = Math.ceilDiv(all.size(), FREE_PARTS);
    byPlace.clear();
    for (int i = 0; i < all.size(); i += each) {
      List<Map.Entry<Long, BigDecimal>> some = all.subList(i, Math.min(i + each, all.size()));
      BigDecimal sum = BigDecimal.ZERO;
      for (Map.Entry<Long, BigDecimal> entry : some) {
        sum = sum.add(entry.getValue());
      }
      byPlace.put(some.getLast().getKey(), sum);
    }
  }

  /** Brings it to the given time, and returns how much counts then. */
  BigDecimal used(long now) {
    while (first < at.length && !places.counts(at[first], now)) {
      used = used.subtract(amounts[first]);
      first++;
    }
    return used;
  }

  boolean isEmpty() {
    return first >= at.length;
  }

  List<Ledger.Expiry> expiries() {
    List<Ledger.Expiry> expiries = new ArrayList<>();
    for (int i = first; i < at.length; i++) {
      expiries.add(new Ledger.Expiry(places.until(at[i]), amounts[i]));
    }
    return expiries;
  }

  void close() {
    room.giveBack(charged);
    charged = 0;
    at = new long[0];
    amounts = new BigDecimal[0];
    first = 0;
    used = BigDecimal.ZERO;
  }
}
