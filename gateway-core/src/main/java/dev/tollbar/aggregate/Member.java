package dev.tollbar.aggregate;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One server in one client's session on many: joined, or missing for a reason. Safe for use by many
 * threads.
 */
final class Member {
  static final String NO_ANSWER_YET = "It has not answered yet.";

  private final String server;
  private Optional<Joined> joined = Optional.empty();
  private Optional<CountDownLatch> joining = Optional.empty();
  private Optional<Thread> listener = Optional.empty();
  private String reason = NO_ANSWER_YET;
  private boolean removed;
  private int failures;
  private boolean retrying;

  Member(String server) {
    this.server = server;
  }

  String server() {
    return server;
  }

  synchronized Optional<Joined> joined() {
    return joined;
  }

  /** Why it is missing; for clients. */
  synchronized String reason() {
    return reason;
  }

  synchronized boolean offers(String capability) {
    return joined.map(it -> it.offers(capability)).orElse(false);
  }

  /**
   * Waits until it has joined, or the try has failed. Begins a try if none is under way.
   *
   * @param attempt does it, in a thread of its own
   */
  boolean join(long nanos, Runnable attempt) throws InterruptedException {
    CountDownLatch done;
    synchronized (this) {
      if (joined.isPresent() || removed) {
        return joined.isPresent();
      }
      if (joining.isEmpty()) {
        CountDownLatch begun = new CountDownLatch(1);
        joining = Optional.of(begun);
        Thread.ofVirtual().name("join " + server).start(() -> attempt(attempt, begun));
      }
      done = joining.get();
    }
    return done.await(nanos, TimeUnit.NANOSECONDS) && joined().isPresent();
  }

  private void attempt(Runnable attempt, CountDownLatch begun) {
    try {
      attempt.run();
    } finally {
      synchronized (this) {
        joining = Optional.empty();
      }
      begun.countDown();
    }
  }

  /** It has joined; false if it is no member any more. */
  synchronized boolean joined(Joined session) {
    if (removed) {
      return false;
    }
    joined = Optional.of(session);
    failures = 0;
    return true;
  }

  synchronized void missing(String why) {
    reason = why;
    failures++;
  }

  /** Its session is lost; nothing happens if there is a newer one. */
  synchronized void lost(Joined session) {
    if (joined.equals(Optional.of(session))) {
      joined = Optional.empty();
      reason = "It has lost its session.";
    }
  }

  /** It is no member any more. Gives the session that is to be ended. */
  synchronized Optional<Joined> remove() {
    removed = true;
    Optional<Joined> last = joined;
    joined = Optional.empty();
    listener.ifPresent(Thread::interrupt);
    return last;
  }

  synchronized boolean removed() {
    return removed;
  }

  synchronized int failures() {
    return failures;
  }

  /** Whether the caller is the one that tries again later; {@link #retried} ends that. */
  synchronized boolean retry() {
    boolean first = !retrying && joined.isEmpty() && !removed;
    retrying |= first;
    return first;
  }

  synchronized void retried() {
    retrying = false;
  }

  /** Starts the thread that hears what the server says by itself, unless there is one. */
  synchronized void listen(Consumer<Member> listening) {
    if (listener.isPresent() || joined.isEmpty() || removed) {
      return;
    }
    Thread thread = Thread.ofVirtual().name("listen " + server).unstarted(() -> hear(listening));
    listener = Optional.of(thread);
    thread.start();
  }

  private void hear(Consumer<Member> listening) {
    try {
      listening.accept(this);
    } finally {
      synchronized (this) {
        listener = listener.filter(thread -> !thread.equals(Thread.currentThread()));
      }
    }
  }

  synchronized void stopListening() {
    listener.ifPresent(Thread::interrupt);
    listener = Optional.empty();
  }
}
