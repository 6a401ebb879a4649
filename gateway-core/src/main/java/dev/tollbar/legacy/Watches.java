package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.protocol.Message;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream of {@code subscriptions/listen} open at a modern server for one legacy client,
 * from the time on at which it listens or subscribes: its GET stream. The stream is opened anew
 * with every change of what is watched, before the old one ends, and when it breaks. Safe for use
 * by many threads.
 */
final class Watches implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watches.class);

  /** How long a stream must have lasted for the next attempt to come soon again. */
  private static final Duration LASTED = Duration.ofMinutes(1);

  /** Opens a stream at the server, and blocks until it is acknowledged. */
  @FunctionalInterface
  interface Opening {
    Watch open(Watched watched)
        throws UpstreamException, Watch.RefusedException, InterruptedException;
  }

  private final Opening server;
  private final Runnable toolsChanged;
  private final Duration shortest;
  private final Duration longest;
  private final Outbox outbox = new Outbox();

  /** Held by whoever opens a stream, for as long as the server takes. */
  private final ReentrantLock changing = new ReentrantLock();

  private final ReentrantLock state = new ReentrantLock();
  private final Condition changed = state.newCondition();
  private Watched watched = Watched.NOTHING;
  private @Nullable Watch current;
  private @Nullable InFlight opening;
  private boolean begun;
  private boolean closed;

  /**
   * Begins without a stream.
   *
   * @param toolsChanged what to do when the server says so
   * @param shortest how long to wait before a broken stream is opened anew; twice as long after
   *     each failure, up to {@code longest}
   */
  Watches(Opening server, Runnable toolsChanged, Duration shortest, Duration longest) {
    this.server = server;
    this.toolsChanged = toolsChanged;
    this.shortest = shortest;
    this.longest = longest;
  }

  /** What is watched from now on, if anything. */
  void offered(Watched lists) {
    with(() -> watched = lists);
  }

  /**
   * The client's stream of what belongs to no request. Opens the server's, if that can be done now;
   * else it is tried again.
   */
  EventStream listen() throws Watch.RefusedException, InterruptedException {
    changing.lockInterruptibly();
    try {
      Watched now = watched();
      if (with(() -> !begun) && !now.isNothing()) {
        begin(now);
      }
    } finally {
      changing.unlock();
    }
    return outbox.listen();
  }

  private void begin(Watched now) throws Watch.RefusedException, InterruptedException {
    try {
      change(now);
    } catch (UpstreamException e) {
      LOG.warn("cannot listen to a server yet: {}: {}", e.reason(), e.getMessage());
      with(() -> begun = true);
      Thread.ofVirtual().name("listen again").start(() -> restore(shortest));
    }
  }

  /** False if the server does not tell of that resource. */
  boolean subscribe(String uri)
      throws UpstreamException, Watch.RefusedException, InterruptedException {
    changing.lockInterruptibly();
    try {
      Watched now = watched();
      if (with(() -> current == null) || !now.uris().contains(uri)) {
        change(now.with(uri));
      }
      boolean granted = with(() -> current != null && current.grants(uri));
      if (!granted) {
        with(() -> watched = watched.without(uri));
      }
      return granted;
    } finally {
      changing.unlock();
    }
  }

  /** If that cannot be told the server, the resource stays watched. */
  void unsubscribe(String uri)
      throws UpstreamException, Watch.RefusedException, InterruptedException {
    changing.lockInterruptibly();
    try {
      Watched now = watched();
      if (now.uris().contains(uri)) {
        change(now.without(uri));
      }
    } finally {
      changing.unlock();
    }
  }

  /** The new stream is there before the old one ends, so that nothing is lost in between. */
  private void change(Watched next)
      throws UpstreamException, Watch.RefusedException, InterruptedException {
    Optional<Watch> opened = next.isNothing() ? Optional.empty() : Optional.of(open(next));
    Optional<Watch> before =
        with(() -> {
          Optional<Watch> last = Optional.ofNullable(current);
          current = closed ? null : opened.orElse(null);
          begun = opened.isPresent();
          watched = next;
          changed.signalAll();
          return last;
        });
    before.ifPresent(Watch::close);
    if (with(() -> closed)) {
      opened.ifPresent(Watch::close);
      throw closed();
    }
    opened.ifPresent(watch -> Thread.ofVirtual().name("listen").start(() -> read(watch)));
  }

  private Watch open(Watched next)
      throws UpstreamException, Watch.RefusedException, InterruptedException {
    InFlight now = new InFlight(Thread.currentThread());
    boolean over =
        with(() -> {
          opening = now;
          return closed;
        });
    if (over) {
      throw closed();
    }
    try {
      return server.open(next);
    } finally {
      now.finish();
    }
  }

  private static UpstreamException closed() {
    return new UpstreamException(Reason.SESSION_LOST, false, 0, "this session is closed");
  }

  private void read(Watch watch) {
    long since = System.nanoTime();
    try (watch) {
      for (Optional<Message> next = watch.next(); next.isPresent(); next = watch.next()) {
        pass(next.get());
      }
    } catch (UpstreamException e) {
      LOG.debug("a stream of notifications broke: {}: {}", e.reason(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    boolean missed =
        with(() -> {
          boolean last = watch.equals(current);
          current = last ? null : current;
          return last;
        });
    if (missed) {
      boolean lasted = System.nanoTime() - since > LASTED.toNanos();
      restore(lasted ? Duration.ZERO : shortest);
    }
  }

  private void pass(Message notification) throws InterruptedException {
    if (notification.method().equals("notifications/tools/list_changed")) {
      toolsChanged.run();
    }
    outbox.add(LegacyResponse.withoutSubscription(notification));
  }

  /** Opens a stream in the place of one that broke, until that works or is not wanted any more. */
  private void restore(Duration first) {
    try {
      for (Duration pause = first; isMissingAfter(pause); pause = longer(pause)) {
        if (restored()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean restored() throws InterruptedException {
    changing.lockInterruptibly();
    try {
      if (with(this::isMissing)) {
        change(watched());
      }
      return true;
    } catch (UpstreamException | Watch.RefusedException e) {
      LOG.warn("cannot listen to a server again: {}", e.getMessage());
      return false;
    } finally {
      changing.unlock();
    }
  }

  private Duration longer(Duration pause) {
    Duration next = pause.isZero() ? shortest : pause.multipliedBy(2);
    return next.compareTo(longest) > 0 ? longest : next;
  }

  private boolean isMissingAfter(Duration pause) throws InterruptedException {
    state.lockInterruptibly();
    try {
      long left = pause.toNanos();
      while (left > 0 && isMissing()) {
        left = changed.awaitNanos(left);
      }
      return isMissing();
    } finally {
      state.unlock();
    }
  }

  private boolean isMissing() {
    return begun && current == null && !closed;
  }

  private Watched watched() {
    return with(() -> watched);
  }

  private <T> T with(Supplier<T> action) {
    state.lock();
    try {
      return action.get();
    } finally {
      state.unlock();
    }
  }

  @Override
  public void close() {
    Optional<Watch> last =
        with(() -> {
          closed = true;
          changed.signalAll();
          Optional.ofNullable(opening).ifPresent(InFlight::cancel);
          Optional<Watch> open = Optional.ofNullable(current);
          current = null;
          return open;
        });
    last.ifPresent(Watch::close);
    outbox.close();
  }
}
