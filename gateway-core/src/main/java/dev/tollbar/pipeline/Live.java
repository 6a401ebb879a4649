package dev.tollbar.pipeline;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The revision in force, behind one volatile reference. */
public final class Live implements AutoCloseable {
  private volatile LiveRevision revision;
  private volatile boolean closed;
  private final List<Runnable> whenReplaced = new CopyOnWriteArrayList<>();

  public Live(LiveRevision first) {
    this.revision = first;
  }

  /** Puts a new revision in force for all calls that arrive from now on. */
  public void replace(LiveRevision next) {
    LiveRevision old = revision;
    revision = next;
    old.leave();
    whenReplaced.forEach(Runnable::run);
  }

  /** What is done after another revision has come into force. */
  public void whenReplaced(Runnable action) {
    whenReplaced.add(action);
  }

  public LiveRevision current() {
    return revision;
  }

  /**
   * Pins the revision in force. The caller leaves it.
   *
   * @throws Refusal after the gateway was closed
   */
  LiveRevision enter() throws Refusal {
    while (!closed) {
      LiveRevision now = revision;
      if (now.enter()) {
        return now;
      }
      Thread.onSpinWait();
    }
    throw Refusal.stopping();
  }

  @Override
  public void close() {
    closed = true;
    revision.leave();
  }
}
