package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A file of counters in memory that many processes share, and that may fail at any point: before
 * anything was done, before it was kept, and after it was kept.
 */
final class FakeDisk {
  private final Random random;
  private final int failures;
  private Map<CounterKey, List<CounterFile.Row>> rows = new HashMap<>();
  private int writes;

  /**
   * An empty disk.
   *
   * @param failures how many of a hundred contacts fail
   */
  FakeDisk(Random random, int failures) {
    this.random = random;
    this.failures = failures;
  }

  /** The disk as one process sees it, until the process dies. */
  Seat seat() {
    return new Seat();
  }

  synchronized int writes() {
    return writes;
  }

  /** How much all processes together may count at each place. */
  synchronized Map<Long, BigDecimal> byPlace() {
    Map<Long, BigDecimal> sums = new HashMap<>();
    rows.values()
        .forEach(
            list -> list.forEach(row -> sums.merge(row.place(), row.amount(), BigDecimal::add)));
    return sums;
  }

  private synchronized void contact(Seat seat, List<? extends CounterFile.Contact> contacts) {
    int dice = random.nextInt(300);
    seat.check();
    fail(dice < failures);
    Map<CounterKey, List<CounterFile.Row>> next = new HashMap<>(rows);
    for (CounterFile.Contact contact : contacts) {
      List<CounterFile.Row> now = new ArrayList<>(next.getOrDefault(contact.key(), List.of()));
      for (CounterFile.Row row : contact.decide(List.copyOf(now))) {
        now.removeIf(it -> it.place() == row.place() && it.process() == row.process());
        if (row.amount().signum() != 0) {
          now.add(row);
        }
      }
      next.put(contact.key(), now);
    }
    fail(dice >= 100 && dice < 100 + failures);
    writes++;
    rows = next;
    fail(dice >= 200 && dice < 200 + failures);
    seat.check();
  }

  private static void fail(boolean now) {
    if (now) {
      throw new StoreUnavailableException("the disk failed");
    }
  }

  /** One process's way to the disk. */
  final class Seat implements CounterFile {
    private volatile boolean dead;

    /** From now on nothing of this process reaches the disk. */
    void die() {
      synchronized (FakeDisk.this) {
        dead = true;
      }
    }

    boolean isDead() {
      return dead;
    }

    private void check() {
      fail(dead);
    }

    @Override
    public void write(List<? extends Contact> contacts) {
      contact(this, contacts);
    }

    @Override
    public void read(List<? extends Contact> contacts) {
      synchronized (FakeDisk.this) {
        check();
        fail(random.nextInt(100) < failures);
        contacts.forEach(it -> it.decide(List.copyOf(rows.getOrDefault(it.key(), List.of()))));
      }
    }

    @Override
    public void counters(Instant now, Consumer<Stored> each) {
      synchronized (FakeDisk.this) {
        check();
        rows.forEach((key, list) ->
            list.stream()
                .mapToLong(Row::until)
                .max()
                .ifPresent(until -> each.accept(new Stored(key, "laptop", until))));
      }
    }

    @Override
    public boolean prune(Instant now) {
      return false;
    }
  }
}
