package dev.tollbar.consent;

import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
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
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_COMMENT = 500;

  private final Approvals approvals;
  private final InstantSource clock;
  private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();

  /**
   * Answers to stored approvals.
   *
   * @param clock says when an answer came
   */
  public Answers(Approvals approvals, InstantSource clock) {
    this.approvals = approvals;
    this.clock = clock;
  }

  /**
   * Somebody decides, now. The answer is on disk when the method returns, or nothing has changed.
   *
   * @param by who; names that differ in capitals only are one person. Cut at 100 characters
   * @param comment for the agent; may be empty. Cut at 500 characters
   * @throws dev.tollbar.api.StoreUnavailableException when it could not be stored
   */
  public Ruling decide(String id, boolean approve, String by, String comment) {
    return decide(id, approve, by, comment, Optional.empty());
  }

  /**
   * As above.
   *
   * @param link by which the answer came, if by one
   */
  Ruling decide(String id, boolean approve, String by, String comment, Optional<String> link) {
    Approval.Answer answer =
        new Approval.Answer(
            approve,
            Texts.cut(Texts.line(by), LONGEST_NAME),
            Texts.cut(comment.strip(), LONGEST_COMMENT),
            clock.instant(),
            link);
    return Ruling.of(id, answer, store(id, answer));
  }

  private Approvals.Judged store(String id, Approval.Answer answer) {
    Approvals.Judged judged = approvals.answer(id, answer);
    for (Waiter waiter : waiting) {
      if (waiter.id.equals(id)) {
        waiter.bell.release();
      }
    }
    return judged;
  }

  /** Every call that waits is to look again. */
  void wakeAll() {
    waiting.forEach(waiter -> waiter.bell.release());
  }

  /** How many calls of this process wait for it. */
  int waitingFor(String id) {
    return (int) waiting.stream().filter(waiter -> waiter.id.equals(id)).count();
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
