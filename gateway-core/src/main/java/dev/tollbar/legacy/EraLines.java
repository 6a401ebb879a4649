package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.upstream.ServerLines;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines to a server whose era is found out by asking it. What was found holds for ten minutes and
 * is then asked again while it is still believed, since a server may have been replaced; it is not
 * believed any longer once the server speaks against it.
 */
public final class EraLines implements ServerLines {
  private static final Logger LOG = LoggerFactory.getLogger(EraLines.class);

  /** Programs that are fetched before they start, as by npx, take their time to say anything. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  static final Duration BELIEVED = Duration.ofMinutes(10);

  /** A client whose requests are refused must not make the gateway ask each time. */
  static final Duration AT_MOST_EVERY = Duration.ofSeconds(10);

  private final String server;
  private final UpstreamTransport transport;
  private final String version;
  private final InstantSource clock;
  private final SecureRandom random;
  private final EraProbe probe;
  private final ReentrantLock asking = new ReentrantLock();
  private final AtomicBoolean askingAgain = new AtomicBoolean();
  private final Map<String, Kept> kept = new HashMap<>();
  private volatile Optional<Verdict> verdict = Optional.empty();
  private boolean closed;

  /**
   * What a server was found to speak.
   *
   * @param doubted whether it has spoken against that
   */
  private record Verdict(Era era, Instant at, boolean doubted) {}

  /** A line that is kept, for its grant or for all. */
  private record Kept(Era era, UpstreamSession line) implements Farewell.Line {
    @Override
    public void close() {
      line.close();
    }
  }

  /**
   * Lines to a server that is not asked before the first request that stands alone.
   *
   * @param server what the server is called here
   * @param version of the gateway, as the server is told
   */
  public EraLines(
      String server,
      UpstreamTransport transport,
      String version,
      InstantSource clock,
      SecureRandom random) {
    this(server, transport, version, clock, random, PATIENCE);
  }

  EraLines(
      String server,
      UpstreamTransport transport,
      String version,
      InstantSource clock,
      SecureRandom random,
      Duration patience) {
    this.server = server;
    this.transport = transport;
    this.version = version;
    this.clock = clock;
    this.random = random;
    this.probe = new EraProbe(transport, version, patience);
  }

  @Override
  public UpstreamSession forSession() throws UpstreamException, InterruptedException {
    return EitherEra.connect(
        server,
        transport,
        transport.separatesRequests() ? UnaryOperator.identity() : SharedLine::new);
  }

  @Override
  public UpstreamSession resume(String token) throws UpstreamException, InterruptedException {
    return transport.resume(token);
  }

  @Override
  public UpstreamSession forRequests(String grant) throws UpstreamException, InterruptedException {
    Era era = era();
    // Where requests have channels of their own, there is nothing that grants could share.
    boolean forAll = era == Era.MODERN && transport.separatesRequests();
    String key = forAll ? "" : grant;
    Optional<UpstreamSession> line = usable(known(key), era);
    return line.isPresent() ? line.get() : keep(key, era, open(era));
  }

  private synchronized Optional<Kept> known(String key) {
    return Optional.ofNullable(kept.get(key));
  }

  /** Asked outside of the monitor: whether a line is alive may be for a plugin to say. */
  private static Optional<UpstreamSession> usable(Optional<Kept> known, Era era) {
    return known.filter(it -> it.era() == era).map(Kept::line).filter(UpstreamSession::alive);
  }

  private UpstreamSession open(Era era) throws UpstreamException, InterruptedException {
    if (era == Era.LEGACY) {
      return new ModernOverLegacy(transport, version, random, clock, this::doubt);
    }
    UpstreamSession session = transport.connect();
    return transport.separatesRequests()
        ? new WatchedLine(session, this::doubt)
        : new SharedLine(session);
  }

  private UpstreamSession keep(String key, Era era, UpstreamSession opened)
      throws UpstreamException {
    while (true) {
      Optional<Kept> before = known(key);
      Optional<UpstreamSession> faster = usable(before, era); // another thread may have been
      if (faster.isPresent()) {
        opened.close();
        return faster.get();
      }
      switch (replace(key, before, new Kept(era, opened))) {
        case DONE -> {
          before.ifPresent(Kept::close);
          return opened;
        }
        case CLOSED -> {
          opened.close();
          throw new UpstreamException(Reason.UNREACHABLE, false, 0, "the lines are closed");
        }
        case CHANGED -> {} // look again
      }
    }
  }

  private enum Replaced {
    DONE,
    CHANGED,
    CLOSED
  }

  private synchronized Replaced replace(String key, Optional<Kept> before, Kept after) {
    if (closed) {
      return Replaced.CLOSED;
    }
    if (!known(key).equals(before)) {
      return Replaced.CHANGED;
    }
    kept.put(key, after);
    return Replaced.DONE;
  }

  // --- what the server speaks

  private Era era() throws UpstreamException, InterruptedException {
    Optional<Verdict> believed = verdict.filter(it -> !it.doubted());
    if (believed.isPresent()) {
      if (isOlder(believed.get(), BELIEVED)) {
        askAgain();
      }
      return believed.get().era();
    }
    asking.lockInterruptibly();
    try {
      Optional<Verdict> now = verdict.filter(it -> !it.doubted());
      return now.isPresent() ? now.get().era() : ask();
    } finally {
      asking.unlock();
    }
  }

  private boolean isOlder(Verdict found, Duration age) {
    return !found.at().plus(age).isAfter(clock.instant());
  }

  private Era ask() throws UpstreamException, InterruptedException {
    Era era = probe.ask();
    Optional<Era> before = verdict.map(Verdict::era);
    verdict = Optional.of(new Verdict(era, clock.instant(), false));
    if (!before.equals(Optional.of(era))) {
      LOG.info("the server speaks {}", era == Era.MODERN ? "2026-07-28" : "up to 2025-11-25");
      endOthers(era);
    }
    return era;
  }

  private void askAgain() {
    if (askingAgain.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("era of a server")
          .start(() -> {
            try {
              ask();
            } catch (UpstreamException e) {
              LOG.debug("the server does not say what it speaks: {}", e.getMessage());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            } finally {
              askingAgain.set(false);
            }
          });
    }
  }

  /** The server has said something that does not fit to what it is believed to speak. */
  private void doubt() {
    Optional<Verdict> now = verdict;
    if (now.isPresent() && isOlder(now.get(), AT_MOST_EVERY)) {
      verdict = Optional.of(new Verdict(now.get().era(), now.get().at(), true));
    }
  }

  private void endOthers(Era era) {
    List<Kept> others;
    synchronized (this) {
      others = kept.values().stream().filter(it -> it.era() != era).toList();
      kept.values().removeAll(others);
    }
    Farewell.to(others);
  }

  @Override
  public void sweep() {
    List<Kept> all;
    synchronized (this) {
      all = List.copyOf(kept.values());
    }
    for (Kept each : all) {
      if (each.line() instanceof ModernOverLegacy bridge) {
        bridge.sweep();
      }
    }
  }

  @Override
  public void close() {
    List<Kept> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(kept.values());
      kept.clear();
    }
    Farewell.to(all);
  }
}
