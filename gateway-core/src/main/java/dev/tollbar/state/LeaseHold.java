package dev.tollbar.state;

import dev.tollbar.state.CounterFile.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one process may count of one counter, by place, and how much of it has been taken. Only the
 * last place is taken from. Not safe for threads by itself.
 */
final class LeaseHold {
  private static final int FREE_PARTS = 4;

  private final Places places;
  private final LogRoom room;

  // The oldest first.
  private final List<Part> parts = new ArrayList<>(1);
  private int charged;

  LeaseHold(Places places, LogRoom room) {
    this.places = places;
    this.room = room;
  }

  /** What was leased at one place. */
  static final class Part {
    private final long place;
    private BigDecimal leased = BigDecimal.ZERO;
    private BigDecimal used = BigDecimal.ZERO;

    private Part(long place) {
      this.place = place;
    }

    void giveBack(BigDecimal amount) {
      used = used.subtract(amount);
    }

    private BigDecimal unused() {
      return leased.subtract(used);
    }
  }

  /**
   * What is to be ready after a contact.
   *
   * @param ready how much, beside what has been used
   * @param keep whether what is ready beyond that stays
   */
  record Wanted(BigDecimal ready, boolean keep) {}

  /** What a part comes to when the file has it. */
  private record Change(Part part, BigDecimal leased, long until) {}

  /** What the file is to say of this process. */
  record Plan(List<Change> changes) {
    List<Row> rows(long process) {
      return changes.stream()
          .map(change -> new Row(change.part().place, process, change.leased(), change.until()))
          .toList();
    }
  }

  boolean covers(BigDecimal amount, long at) {
    Part last = last();
    return last != null && places.covers(last.place, at) && amount.compareTo(last.unused()) <= 0;
  }

  /** Takes what is {@linkplain #covers covered}. */
  Part take(BigDecimal amount) {
    Part last = parts.getLast();
    last.used = last.used.add(amount);
    return last;
  }

  /** What can still be taken, at the last place. */
  BigDecimal unused() {
    Part last = last();
    return last == null ? BigDecimal.ZERO : last.unused();
  }

  /** Whether what is ready should be moved soon. */
  boolean ending(long at) {
    Part last = last();
    return last != null && places.ending(last.place, at);
  }

  /** Whether the file says more than was taken. */
  boolean surplus() {
    for (Part part : parts) {
      if (part.unused().signum() > 0) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Drops what counts no more. */
  void expire(long at) {
    while (!parts.isEmpty() && !places.counts(parts.getFirst().place, at)) {
      parts.removeFirst();
      refund(1);
    }
  }

  /** After a contact that failed nobody knows whether the file was written: it says so itself. */
  void correct(List<Row> rows) {
    for (Part part : parts) {
      BigDecimal leased = BigDecimal.ZERO;
      for (Row row : rows) {
        if (row.place() == part.place) {
          leased = row.amount();
        }
      }
      part.leased = leased; // less than was used is written anew
    }
    for (Row row : rows) {
      if (parts.stream().noneMatch(part -> part.place == row.place())) {
        insert(row);
      }
    }
  }

  /** What a contact that failed has leased all the same, at a place that this does not know. */
  private void insert(Row row) {
    int index = 0;
    while (index < parts.size() && parts.get(index).place < row.place()) {
      index++;
    }
    Part part = new Part(row.place());
    part.leased = row.amount();
    parts.add(index, part);
  }

  /**
   * What the file is to say. What is given back is not taken from any more, from now on; what is
   * leased can be taken when the plan is {@linkplain #apply applied}.
   */
  Plan plan(long at, BigDecimal used, Wanted wanted) {
    Part current = current(at, wanted);
    List<Change> changes = new ArrayList<>();
    Iterator<Part> all = parts.iterator();
    while (all.hasNext()) {
      Part part = all.next();
      BigDecimal ready = BigDecimal.ZERO;
      if (isSame(part, current)) {
        ready = wanted.keep() ? wanted.ready().max(part.unused()) : wanted.ready();
      }
      BigDecimal leased = part.used.add(ready);
      if (leased.compareTo(part.leased) != 0) {
        changes.add(new Change(part, leased, places.until(part.place)));
        part.leased = part.leased.min(leased);
      }
    }
    return new Plan(List.copyOf(changes));
  }

  void apply(Plan plan) {
    for (Change change : plan.changes()) {
      change.part().leased = change.leased();
    }
  }

  /** The rows of this process, without what was not taken. */
  List<Row> kept(long process) {
    return parts.stream()
        .map(part -> new Row(part.place, process, part.used, places.until(part.place)))
        .toList();
  }

  void close() {
    parts.clear();
    room.giveBack(charged);
    charged = 0;
  }

  /** Where what is ready lies from now on. */
  private @Nullable Part current(long at, Wanted wanted) {
    Part last = last();
    boolean good = last != null && places.covers(last.place, at) && !places.ending(last.place, at);
    if (good || (wanted.ready().signum() == 0 && (last == null || last.unused().signum() == 0))) {
      return last;
    }
    boolean charge = parts.size() >= FREE_PARTS;
    boolean fine = !charge || room.take(1);
    if (charge && fine) {
      charged++;
    }
    long place = places.place(at, !fine);
    if (last != null && last.place >= place) {
      return last;
    }
    Part next = new Part(place);
    parts.add(next);
    return next;
  }

  private void refund(int count) {
    int back = Math.min(count, charged);
    charged -= back;
    room.giveBack(back);
  }

  @SuppressWarnings("ReferenceEquality") // the very one
  private static boolean isSame(Part part, @Nullable Part other) {
    return part == other;
  }

  private @Nullable Part last() {
    return parts.isEmpty() ? null : parts.getLast();
  }
}
