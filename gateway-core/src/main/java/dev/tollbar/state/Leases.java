package dev.tollbar.state;

import dev.tollbar.api.StoreUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of this process. One thread goes to the file for all counters, with whatever has come
 * together since it was last there, in one transaction. It is started when it is first needed.
 */
final class Leases implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
  private static final int MOST_AT_ONCE = 512;
  private static final Duration BETWEEN_PRUNES = Duration.ofMinutes(1);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

  /**
   * How long things take.
   *
   * @param patience how long a call waits for the file
   * @param pause how long nobody tries again after the file could not be reached
   * @param look how often leases are looked at: what was not used in between is given back
   */
  record Times(Duration patience, Duration pause, Duration look) {
    static Times standard() {
      return new Times(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(30));
    }
  }

  private final CounterFile file;
  private final InstantSource clock;
  private final long process;
  private final Times times;

  /** Empty: look up, there is something else to do. */
  private final BlockingQueue<Optional<LeasedCounter>> queue = new LinkedBlockingQueue<>();

  private final Set<LeasedCounter> listed = ConcurrentHashMap.newKeySet();
  private final Set<LeasedCounter> leasing = ConcurrentHashMap.newKeySet();
  private volatile Consumer<CounterFile.Stored> greeting = _ -> {};
  private volatile @Nullable StoreUnavailableException problem;
  private volatile long retry;
  private volatile boolean closing;
  private @Nullable Thread writer;

  // Of the writer's thread alone.
  private boolean greeted;
  private long nextLook;
  private long nextPrune;

  /**
   * Leases.
   *
   * @param process tells this process apart from all others that use the file; not zero
   */
  Leases(CounterFile file, InstantSource clock, long process, Times times) {
    this.file = file;
    this.clock = clock;
    this.process = process;
    this.times = times;
  }

  /** Who is told of the counters that the file holds, before anything is leased. */
  void greet(Consumer<CounterFile.Stored> table) {
    greeting = table;
  }

  /**
   * Opens the file and reads which counters it holds, beside the caller: that takes longest of all
   * that a first call would wait for.
   */
  void prepare() {
    queue.add(Optional.empty());
    start();
  }

  /** Whether the file could not be reached just now. */
  boolean down() {
    return problem != null && System.nanoTime() - retry < 0;
  }

  /** Throws if {@link #down}. */
  void requireUp() {
    StoreUnavailableException why = problem;
    if (closing) {
      throw closed();
    }
    if (why != null && down()) {
      throw new StoreUnavailableException(String.valueOf(why.getMessage()), why);
    }
  }

  StoreUnavailableException closed() {
    return new StoreUnavailableException("the counters are closed: the gateway is stopping");
  }

  void queue(LeasedCounter counter) {
    queue.add(Optional.of(counter));
    start();
  }

  /** Lets a lease be looked at from time to time. */
  void list(LeasedCounter counter) {
    listed.add(counter);
  }

  private synchronized void start() {
    if (writer == null && !closing) {
      writer = Thread.ofPlatform().daemon().name("counter-leases").start(this::run);
    }
  }

  /** Waits until the file has been asked. */
  void await(CompletableFuture<Boolean> answer) {
    try {
      answer.get(times.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new StoreUnavailableException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new StoreUnavailableException(
          "the counters' file has not answered for " + times.patience().toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while the counters' file was asked", e);
    }
  }

  private void run() {
    nextLook = System.nanoTime() + times.look().toNanos();
    nextPrune = System.nanoTime() + BETWEEN_PRUNES.toNanos();
    while (!closing) {
      try {
        work();
      } catch (InterruptedException e) {
        LOG.debug("nobody has a reason to interrupt this thread", e);
      } catch (RuntimeException e) {
        LOG.error("counters could not be written", e);
      }
    }
    leave();
  }

  private void work() throws InterruptedException {
    long nanos = Math.max(1, Math.min(nextLook, nextPrune) - System.nanoTime());
    Optional<LeasedCounter> first = queue.poll(nanos, TimeUnit.NANOSECONDS);
    if (first != null) {
      List<Optional<LeasedCounter>> batch = new ArrayList<>(List.of(first));
      queue.drainTo(batch, MOST_AT_ONCE - 1);
      visit(batch.stream().flatMap(Optional::stream).toList());
    }
    if (System.nanoTime() - nextLook >= 0) {
      listed.removeIf(counter -> !counter.look());
      nextLook = System.nanoTime() + times.look().toNanos();
    }
    if (System.nanoTime() - nextPrune >= 0) {
      prune();
    }
  }

  private void visit(List<LeasedCounter> batch) {
    if (batch.isEmpty()) {
      greetAhead();
      return;
    }
    List<LeasedCounter.Visit> visits =
        batch.stream().map(counter -> counter.visit(process, clock.instant())).toList();
    try {
      if (!greeted) {
        file.counters(clock.instant(), greeting);
        greeted = true;
      }
      if (visits.stream().anyMatch(LeasedCounter.Visit::writes)) {
        leasing.addAll(batch);
        file.write(visits);
      } else {
        file.read(visits);
      }
      problem = null;
      visits.forEach(LeasedCounter.Visit::done);
    } catch (StoreUnavailableException e) {
      failed(e, visits);
    } catch (RuntimeException e) {
      LOG.error("counters could not be written", e);
      failed(new StoreUnavailableException("the counters' file cannot be used", e), visits);
    }
  }

  private void greetAhead() {
    if (greeted || closing) {
      return;
    }
    try {
      file.counters(clock.instant(), greeting);
      greeted = true;
    } catch (StoreUnavailableException e) {
      LOG.debug("the first call that needs the counters' file will try again: {}", e.getMessage());
    }
  }

  private void failed(StoreUnavailableException why, List<LeasedCounter.Visit> visits) {
    retry = System.nanoTime() + times.pause().toNanos();
    problem = why;
    visits.forEach(visit -> visit.failed(why));
  }

  private void prune() {
    boolean more = false;
    try {
      more = file.prune(clock.instant());
      leasing.removeIf(counter -> !counter.holds(clock.instant()));
    } catch (StoreUnavailableException e) {
      LOG.debug("counters that are over stay: {}", e.getMessage());
    }
    nextPrune = System.nanoTime() + (more ? 0 : BETWEEN_PRUNES.toNanos());
  }

  /** Gives back what was leased and not taken. */
  private void leave() {
    List<LeasedCounter> all =
        leasing.stream().filter(counter -> counter.holds(clock.instant())).toList();
    try {
      for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
        file.write(
            all.subList(from, Math.min(from + MOST_AT_ONCE, all.size())).stream()
                .map(counter -> counter.leave(process, clock.instant()))
                .toList());
      }
    } catch (StoreUnavailableException e) {
      LOG.warn("leases could not be given back, and count as used: {}", e.getMessage());
    }
    List<Optional<LeasedCounter>> late = new ArrayList<>();
    queue.drainTo(late);
    late.stream()
        .flatMap(Optional::stream)
        .forEach(counter -> counter.visit(process, clock.instant()).failed(closed()));
  }

  /** Gives the leases back. Nothing that would need the file is admitted from then on. */
  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closing = true;
      running = writer;
    }
    if (running == null) {
      return;
    }
    queue.add(Optional.empty());
    try {
      if (!running.join(LONGEST_STOP)) {
        LOG.warn("leases could not be given back in time, and count as used");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
