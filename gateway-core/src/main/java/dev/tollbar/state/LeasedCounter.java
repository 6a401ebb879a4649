package dev.tollbar.state;

import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Ticket;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.state.CounterFile.Row;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A counter that outlives its process. The file says how much each process may count; a process
 * admits nothing beyond that, so whatever becomes of it, the file never says less than what was
 * admitted. What it may count beyond what it has is its lease: taken ahead, beside calls, so that a
 * call waits for the disk only if the lease does not cover it.
 *
 * <p>In its own process it is as exact as a {@link MemoryCounter}. What others have leased counts
 * as used, and in a rolling window up to two slices longer than it must.
 */
final class LeasedCounter implements Counter {

  /** How old what is known of others may be when a call is refused. */
  private static final Duration STALE = Duration.ofSeconds(1);

  private final CounterKey key;
  private final String holder;
  private final Places places;
  private final Ledger ledger;
  private final Leases leases;
  private final LeaseHold own;
  private final Inherited others;

  private BigDecimal leadMax = BigDecimal.ZERO;
  private BigDecimal leadAmount = BigDecimal.ZERO;
  private BigDecimal lead = BigDecimal.ZERO;
  private List<Ask> asks = new ArrayList<>();
  private boolean queued;
  private boolean returning;
  private boolean listed;
  private boolean inContact;
  private boolean forgotten;

  /** Whether the file was read. */
  private boolean known;

  /** Whether what an earlier counter of this process and name has left is settled. */
  private boolean folded;

  private Instant read = Instant.MIN;

  /** When nothing counts in it any more, as the file was first seen. */
  private final long until;

  /** Whether something was taken since the lease was last looked at. */
  private boolean touched;

  /**
   * A counter.
   *
   * @param until when nothing counts in it that the file is known to hold, in milliseconds
   */
  LeasedCounter(CounterKey key, String holder, long until, LogRoom room, Leases leases) {
    this.key = key;
    this.holder = holder;
    this.until = until;
    this.places = Places.of(key.group().window());
    this.ledger = Ledger.of(key.group().window(), room);
    this.leases = leases;
    this.own = new LeaseHold(places, room);
    this.others = new Inherited(places, room);
  }

  /**
   * Something asked of the file.
   *
   * @param amount what is to be leased at least; zero if the file is only to be read
   * @param ahead whether nobody waits for it
   */
  private record Ask(
      BigDecimal amount, BigDecimal max, boolean ahead, CompletableFuture<Boolean> answer) {}

  @Override
  public String holder() {
    return holder;
  }

  CounterKey key() {
    return key;
  }

  @Override
  public Reading peek(BigDecimal max, BigDecimal amount, InstantSource clock) {
    boolean refreshed = false;
    while (true) {
      CompletableFuture<Boolean> answer;
      synchronized (this) {
        Instant now = clock.instant();
        if (known) {
          BigDecimal left = max.subtract(used(now));
          boolean fits = amount.compareTo(left) <= 0;
          if (fits) {
            if (amount.signum() > 0 && !covers(amount, now)) {
              leases.requireUp();
            }
            return new Reading(true, left, Duration.ZERO, Optional.empty());
          }
          if (refreshed || !stale(now) || leases.down()) {
            return refused(amount.subtract(left), left, now);
          }
        }
        answer = ask(BigDecimal.ZERO, max);
      }
      refreshed = true;
      await(answer, known());
    }
  }

  /** The clock is read inside the lock, so that takes are logged in their order. */
  @Override
  public Optional<Reading> take(BigDecimal max, BigDecimal amount, InstantSource clock) {
    boolean refreshed = false;
    while (true) {
      CompletableFuture<Boolean> answer;
      boolean needed;
      synchronized (this) {
        if (forgotten) {
          return Optional.empty();
        }
        Instant now = clock.instant();
        BigDecimal left = max.subtract(used(now));
        boolean fits = amount.compareTo(left) <= 0;
        if (known && fits && (amount.signum() == 0 || covers(amount, now))) {
          return Optional.of(admit(max, amount, left, now));
        }
        if (known && !fits && (refreshed || !stale(now) || leases.down())) {
          return Optional.of(refused(amount.subtract(left), left, now));
        }
        needed = !known || fits;
        answer = ask(fits ? amount : BigDecimal.ZERO, max);
      }
      refreshed = true;
      await(answer, !needed);
    }
  }

  private synchronized boolean known() {
    return known;
  }

  /**
   * Waits for the file.
   *
   * @param optional whether the call can be answered without it
   */
  private void await(CompletableFuture<Boolean> answer, boolean optional) {
    try {
      leases.await(answer);
    } catch (StoreUnavailableException e) {
      if (!optional) {
        throw e;
      }
    }
  }

  private Reading admit(BigDecimal max, BigDecimal amount, BigDecimal left, Instant now) {
    touched = true;
    Optional<Ticket> ticket;
    if (amount.signum() == 0) {
      ticket = Optional.of(new Taken(0, null, amount));
    } else {
      LeaseHold.Part part = own.take(amount);
      ticket = Optional.of(new Taken(ledger.add(amount, now), part, amount));
      BigDecimal lead = lead(max, amount);
      BigDecimal unused = own.unused();
      boolean low = unused.add(unused).compareTo(lead) < 0;
      if (lead.compareTo(amount) > 0 && (low || own.ending(at(now)))) {
        askAhead(amount, max);
      }
      list();
    }
    return new Reading(true, left.subtract(amount), Duration.ZERO, ticket);
  }

  /** Nearly always that of the take before. */
  private BigDecimal lead(BigDecimal max, BigDecimal amount) {
    if (max.compareTo(leadMax) != 0 || amount.compareTo(leadAmount) != 0) {
      leadMax = max;
      leadAmount = amount;
      lead = Lead.of(max, amount);
    }
    return lead;
  }

  private Reading refused(BigDecimal excess, BigDecimal left, Instant now) {
    return new Reading(false, left.max(BigDecimal.ZERO), untilFree(excess, now), Optional.empty());
  }

  private Duration untilFree(BigDecimal excess, Instant now) {
    if (places.calendar() || others.isEmpty()) {
      return ledger.untilFree(excess, now);
    }
    List<Ledger.Expiry> expiries = new ArrayList<>(others.expiries());
    ledger.expiries(expiries);
    expiries.sort(java.util.Comparator.comparingLong(Ledger.Expiry::at));
    BigDecimal free = BigDecimal.ZERO;
    Duration wait = Duration.ZERO;
    for (Ledger.Expiry expiry : expiries) {
      if (free.compareTo(excess) >= 0) {
        break;
      }
      free = free.add(expiry.amount());
      wait = Duration.between(now, Instant.ofEpochMilli(expiry.at()));
    }
    return wait;
  }

  private BigDecimal used(Instant now) {
    BigDecimal mine = ledger.used(now);
    long at = at(now);
    own.expire(at);
    return others.isEmpty() ? mine : mine.add(others.used(at));
  }

  private boolean covers(BigDecimal amount, Instant now) {
    return own.covers(amount, at(now));
  }

  private boolean stale(Instant now) {
    return now.isBefore(read) || !now.isBefore(read.plus(STALE));
  }

  /** In milliseconds: where something taken now counts from. */
  private long at(Instant now) {
    long place = ledger.place(now);
    return places.calendar() ? place * 1_000 : place;
  }

  private CompletableFuture<Boolean> ask(BigDecimal amount, BigDecimal max) {
    leases.requireUp();
    Ask ask = new Ask(amount, max, false, new CompletableFuture<>());
    asks.add(ask);
    queue();
    return ask.answer();
  }

  private void askAhead(BigDecimal amount, BigDecimal max) {
    if (asks.isEmpty() && !inContact && !leases.down()) {
      asks.add(new Ask(amount, max, true, new CompletableFuture<>()));
      queue();
    }
  }

  private void queue() {
    if (!queued) {
      queued = true;
      leases.queue(this);
    }
  }

  /** Lets the lease be looked at later: what is not used is given back. */
  private void list() {
    if (!listed && own.surplus()) {
      listed = true;
      leases.list(this);
    }
  }

  @Override
  public synchronized boolean forget(Instant now) {
    if (forgotten) {
      return true;
    }
    boolean busy = queued || inContact || !asks.isEmpty();
    boolean unread = !known && now.toEpochMilli() < until;
    if (!busy && !unread && ledger.idle(now) && used(now).signum() == 0 && !own.surplus()) {
      forgotten = true;
      ledger.close();
      own.close();
      others.close();
    }
    return forgotten;
  }

  /**
   * Gives the lease back if nothing was taken since the last look.
   *
   * @return whether it is to be looked at again
   */
  synchronized boolean look() {
    if (forgotten || !own.surplus()) {
      listed = false;
      return false;
    }
    if (!touched) {
      returning = true;
      queue();
    }
    touched = false;
    return true;
  }

  /** Whether it has something in the file that is not settled. */
  synchronized boolean holds(Instant now) {
    own.expire(at(now));
    // One that is forgotten has nothing left, and perhaps a successor.
    return !forgotten && !own.isEmpty();
  }

  /** A contact with the file, for the writer's thread; one at a time. */
  synchronized Visit visit(long process, Instant now) {
    queued = false;
    inContact = true;
    List<Ask> taken = asks;
    asks = new ArrayList<>();
    boolean returns = returning;
    returning = false;
    return new Visit(process, now, taken, returns, false);
  }

  /** The last contact: all that was not taken is given back, and the rest settled. */
  synchronized Visit leave(long process, Instant now) {
    inContact = true;
    StoreUnavailableException closed = leases.closed();
    asks.forEach(ask -> ask.answer().completeExceptionally(closed));
    asks = new ArrayList<>();
    return new Visit(process, now, List.of(), true, true);
  }

  /** What the file says to this counter, and this counter to the file. */
  final class Visit implements CounterFile.Contact {
    private final long process;
    private final Instant now;
    private final List<Ask> taken;
    private final boolean returns;
    private final boolean last;
    private LeaseHold.@Nullable Plan plan;
    private List<Row> foreign = List.of();
    private boolean folds;

    private Visit(long process, Instant now, List<Ask> taken, boolean returns, boolean last) {
      this.process = process;
      this.now = now;
      this.taken = taken;
      this.returns = returns;
      this.last = last;
    }

    @Override
    public CounterKey key() {
      return key;
    }

    @Override
    public String holder() {
      return holder;
    }

    boolean writes() {
      return returns || leasing();
    }

    private boolean leasing() {
      return taken.stream().anyMatch(ask -> ask.amount().signum() > 0);
    }

    @Override
    public List<Row> decide(List<Row> rows) {
      synchronized (LeasedCounter.this) {
        BigDecimal mine = ledger.used(now);
        long at = at(now);
        own.expire(at);
        List<Row> written = new ArrayList<>();
        List<Row> ours = rows.stream().filter(row -> row.process() == process).toList();
        List<Row> theirs = new ArrayList<>(rows);
        if (folded) {
          theirs.removeAll(ours);
          own.correct(ours);
        } else if (leasing()) {
          // An earlier counter of this name was forgotten: what it leased counts as used.
          folds = true;
          settle(ours, rows, written);
        }
        foreign = theirs;
        if (last) {
          List<Row> kept = own.kept(process);
          settle(kept, rows, written);
          own.close(); // nothing is admitted any more
          return written;
        }
        if (writes()) {
          BigDecimal used = mine.add(Inherited.sum(theirs, places, at));
          plan = own.plan(at, used, wanted(used));
          written.addAll(plan.rows(process));
        }
        return written;
      }
    }

    /** What is to be ready, beside what has been used. */
    private LeaseHold.Wanted wanted(BigDecimal used) {
      BigDecimal calls = BigDecimal.ZERO;
      BigDecimal ready = BigDecimal.ZERO;
      boolean keep = touched || !returns;
      for (Ask ask : taken) {
        BigDecimal after = used.add(calls).add(ask.amount());
        if (ask.amount().signum() == 0 || after.compareTo(ask.max()) > 0) {
          continue;
        }
        if (!ask.ahead()) {
          calls = calls.add(ask.amount());
        }
        BigDecimal room = ask.max().subtract(used);
        ready = ready.max(Lead.of(ask.max(), ask.amount()).min(room));
      }
      return new LeaseHold.Wanted(calls.max(ready), keep);
    }

    /** Makes rows of this process rows of nobody. */
    private void settle(List<Row> ours, List<Row> rows, List<Row> written) {
      for (Row row : ours) {
        BigDecimal before =
            rows.stream()
                .filter(it -> it.place() == row.place() && it.process() == CounterFile.SETTLED)
                .map(Row::amount)
                .findFirst()
                .orElse(BigDecimal.ZERO);
        written.add(row(row.place(), CounterFile.SETTLED, before.add(row.amount())));
        written.add(row(row.place(), process, BigDecimal.ZERO));
      }
    }

    private Row row(long place, long of, BigDecimal amount) {
      return new Row(place, of, amount, places.until(place));
    }

    /** It is on disk. */
    void done() {
      synchronized (LeasedCounter.this) {
        inContact = false;
        if (plan != null) {
          own.apply(plan);
        }
        others.set(foreign, at(now));
        known = true;
        folded |= folds;
        read = now;
        list();
      }
      taken.forEach(ask -> ask.answer().complete(true));
    }

    /** It may be on disk or not. */
    void failed(StoreUnavailableException why) {
      synchronized (LeasedCounter.this) {
        inContact = false;
      }
      taken.forEach(ask -> ask.answer().completeExceptionally(why));
    }
  }

  private synchronized void giveBack(long place, LeaseHold.Part part, BigDecimal amount) {
    if (forgotten) {
      return;
    }
    ledger.remove(place, amount);
    part.giveBack(amount);
    list();
  }

  /** What was taken, and from where. */
  private final class Taken implements Ticket {
    private final long number = ThreadLocalRandom.current().nextLong();
    private final AtomicBoolean given = new AtomicBoolean();
    private final long place;
    private final LeaseHold.@Nullable Part part;
    private final BigDecimal amount;

    Taken(long place, LeaseHold.@Nullable Part part, BigDecimal amount) {
      this.place = place;
      this.part = part;
      this.amount = amount;
    }

    @Override
    public String id() {
      return HexFormat.of().toHexDigits(number);
    }

    @Override
    public void giveBack() {
      if (part != null && given.compareAndSet(false, true)) {
        LeasedCounter.this.giveBack(place, part, amount);
      }
    }
  }
}
