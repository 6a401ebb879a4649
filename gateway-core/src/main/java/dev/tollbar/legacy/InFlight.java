package dev.tollbar.legacy;

/**
 * A request of a client that is being worked on by one thread. Cancelling interrupts that thread,
 * and never what the thread does afterwards.
 */
public final class InFlight {
  private final Thread worker;
  private boolean cancelled;
  private boolean finished;

  InFlight(Thread worker) {
    this.worker = worker;
  }

  /** Of a request that belongs to no session. */
  public static InFlight alone() {
    return new InFlight(Thread.currentThread());
  }

  public synchronized boolean cancelled() {
    return cancelled;
  }

  public synchronized void cancel() {
    if (!finished && !cancelled) {
      cancelled = true;
      worker.interrupt();
    }
  }

  /** Called by the worker itself, so that it takes no late interrupt along. */
  public synchronized void finish() {
    finished = true;
    if (cancelled && Thread.currentThread().equals(worker)) {
      Thread.interrupted();
    }
  }
}
