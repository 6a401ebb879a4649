package dev.tollbar.consent;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.MemoryApprovals;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Approvals that can be out of reach. */
final class FailingApprovals implements Approvals {
  private final Approvals approvals;
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile boolean down;

  FailingApprovals() {
    this(new MemoryApprovals());
  }

  FailingApprovals(Approvals approvals) {
    this.approvals = approvals;
  }

  void down(boolean isDown) {
    down = isDown;
  }

  /** How often they were wanted in vain. */
  int refusals() {
    return refusals.get();
  }

  private Approvals reach() {
    if (down) {
      refusals.incrementAndGet();
      throw new StoreUnavailableException("down", new IllegalStateException());
    }
    return approvals;
  }

  @Override
  public Opened open(Approval question, Instant now) {
    return reach().open(question, now);
  }

  @Override
  public Optional<Approval> find(String id) {
    return reach().find(id);
  }

  @Override
  public List<Approval> list(Instant now) {
    return reach().list(now);
  }

  @Override
  public Judged answer(String id, Approval.Answer answer) {
    return reach().answer(id, answer);
  }

  @Override
  public boolean use(String id, Instant now) {
    return reach().use(id, now);
  }

  @Override
  public boolean useAll(List<String> ids, Instant now) {
    return reach().useAll(ids, now);
  }

  @Override
  public void giveBack(String id) {
    reach().giveBack(id);
  }

  @Override
  public boolean withdraw(String id, Instant now) {
    return reach().withdraw(id, now);
  }

  @Override
  public Optional<Approval> lastUsed(Approval like) {
    return reach().lastUsed(like);
  }
}
