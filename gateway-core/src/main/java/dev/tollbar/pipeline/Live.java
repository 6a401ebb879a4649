package dev.tollbar.pipeline;

/** The revision in force, behind one volatile reference. */
public final class Live implements AutoCloseable {
  private volatile LiveRevision revision;
  private volatile boolean closed;
  private volatile Runnable whenReplaced = () -> {};

  public Live(LiveRevision first) {
    this.revision = first;
  }

  /** Puts a new revision in force for all calls that arrive from now on. */
  public void replace(LiveRevision next) {
    LiveRevision old = revision;
    revision = next;
    old.leave();
    whenReplaced.run();
  }

  /** What is done after another revision has come into force. */
  void whenReplaced(Runnable action) {
    whenReplaced = action;
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
