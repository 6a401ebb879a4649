package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamTransport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The legacy sessions of one grant on one server: one for each set of capabilities that its clients
 * declare. Opened when they are needed, anew when they were lost.
 */
final class LegacyLines implements AutoCloseable {
  static final int MOST = 4;
  static final Duration IDLE = Duration.ofMinutes(10);

  private final UpstreamTransport transport;
  private final SessionOpening opening;
  private final InstantSource clock;
  private final Map<String, Slot> slots = new HashMap<>();
  private boolean closed;

  LegacyLines(UpstreamTransport transport, SessionOpening opening, InstantSource clock) {
    this.transport = transport;
    this.opening = opening;
    this.clock = clock;
  }

  /** The place of one session. */
  private final class Slot {
    private final ReentrantLock opens = new ReentrantLock();
    private volatile Optional<LegacyLine> line = Optional.empty();
    private int users;
    private Instant usedAt = clock.instant();

    boolean busy() {
      return users > 0 || line.map(LegacyLine::busy).orElse(false);
    }
  }

  /** What is done with a line that nobody ends meanwhile. */
  @FunctionalInterface
  interface Use<T> {
    T with(LegacyLine line) throws UpstreamException, InterruptedException;
  }

  /** Does something with the session for these capabilities. */
  <T> T use(CarriedCapabilities capabilities, Use<T> use)
      throws UpstreamException, InterruptedException {
    Slot slot = enter(capabilities.json());
    try {
      return use.with(line(slot, capabilities));
    } finally {
      leave(slot);
    }
  }

  private LegacyLine line(Slot slot, CarriedCapabilities capabilities)
      throws UpstreamException, InterruptedException {
    Optional<LegacyLine> open = slot.line;
    if (open.isPresent() && open.get().alive()) {
      return open.get();
    }
    slot.opens.lockInterruptibly();
    try {
      Optional<LegacyLine> now = slot.line;
      if (now.isPresent() && now.get().alive()) {
        return now.get();
      }
      now.ifPresent(LegacyLine::close);
      slot.line = Optional.empty();
      LegacyLine opened = opening.open(transport.connect(), capabilities);
      slot.line = Optional.of(opened);
      if (isClosed()) {
        opened.close();
        throw closedAlready();
      }
      return opened;
    } finally {
      slot.opens.unlock();
    }
  }

  private Slot enter(String key) throws UpstreamException {
    Optional<LegacyLine> evicted = Optional.empty();
    Slot slot;
    synchronized (this) {
      if (closed) {
        throw closedAlready();
      }
      slot = slots.get(key);
      if (slot == null) {
        if (slots.size() >= MOST) {
          evicted = evict();
        }
        slot = new Slot();
        slots.put(key, slot);
      }
      slot.users++;
    }
    evicted.ifPresent(LegacyLine::close);
    return slot;
  }

  /** Makes room: the session goes that was not used for longest. */
  private Optional<LegacyLine> evict() throws UpstreamException {
    Map.Entry<String, Slot> longest =
        slots.entrySet().stream()
            .filter(entry -> !entry.getValue().busy())
            .min(Comparator.comparing(entry -> entry.getValue().usedAt))
            .orElseThrow(() ->
                new UpstreamException(
                    Reason.EXHAUSTED,
                    false,
                    0,
                    "clients of this grant with "
                        + MOST
                        + " other sets of capabilities are using the server"));
    slots.remove(longest.getKey());
    return longest.getValue().line;
  }

  private synchronized void leave(Slot slot) {
    slot.users--;
    slot.usedAt = clock.instant();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private static UpstreamException closedAlready() {
    return new UpstreamException(Reason.SESSION_LOST, false, 0, "the line is closed");
  }

  /** Ends the sessions that nobody used for long. */
  void sweep() {
    List<LegacyLine> idle = new ArrayList<>();
    synchronized (this) {
      Instant since = clock.instant().minus(IDLE);
      slots
          .values()
          .removeIf(slot -> {
            boolean old = !slot.busy() && !slot.usedAt.isAfter(since);
            if (old) {
              slot.line.ifPresent(idle::add);
            }
            return old;
          });
    }
    idle.forEach(LegacyLine::close);
  }

  synchronized int size() {
    return slots.size();
  }

  /** Ends them all, and their listeners' streams as the gateway's own doing. */
  @Override
  public void close() {
    List<Slot> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(slots.values());
      slots.clear();
    }
    List<LegacyLine> open = all.stream().flatMap(slot -> slot.line.stream()).toList();
    open.forEach(LegacyLine::finishListeners);
    Farewell.to(open);
  }
}
