package dev.tollbar.consent;

import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Stores what people say and wakes the calls that wait for it. Every answer that this process
 * receives goes through here; those that another process stores are noticed by polling. Safe for
 * use by many threads.
 */
public final class Answers {
  private final Approvals approvals;
  private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();

  public Answers(Approvals approvals) {
    this.approvals = approvals;
  }

  /**
   * Stores one answer; it is on disk when the method returns.
   *
   * @throws dev.tollbar.api.StoreUnavailableException when it could not be stored
   */
  public Approvals.Decided record(String id, Approval.Answer answer) {
    Approvals.Decided decided = approvals.decide(id, answer);
    for (Waiter waiter : waiting) {
      if (waiter.id.equals(id)) {
        waiter.bell.release();
      }
    }
    return decided;
  }

  /** Starts to listen for answers to one approval. Close it. */
  Waiter listen(String id) {
    Waiter waiter = new Waiter(id);
    waiting.add(waiter);
    return waiter;
  }

  /** One thread's ear. */
  final class Waiter implements AutoCloseable {
    private final String id;
    private final Semaphore bell = new Semaphore(0);

    private Waiter(String id) {
      this.id = id;
    }

    /** Blocks until there is an answer that was not heard yet, or for the given time. */
    void await(Duration atMost) throws InterruptedException {
      if (bell.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        bell.drainPermits();
      }
    }

    @Override
    public void close() {
      waiting.remove(this);
    }
  }
}
