package dev.tollbar.transport.stdio;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.transport.common.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The way to one server that runs as a child process: one process for each session. */
final class StdioTransport implements UpstreamTransport {
  private static final Duration WORTH_WAITING = Duration.ofSeconds(1);
  private static final Duration MOST_BETWEEN_LOOKS = Duration.ofSeconds(10);
  private static final Duration LEAST_BETWEEN_LOOKS = Duration.ofMillis(10);

  private final StdioConfig config;
  private final TransportContext context;
  private final Launch launch;
  private final InstantSource clock;
  private final Backoff backoff;
  private final Semaphore room;
  private final Set<StdioSession> sessions = ConcurrentHashMap.newKeySet();
  private final Thread reaper;
  private volatile String lastCrash = "";
  private volatile boolean closed;

  StdioTransport(StdioConfig config, TransportContext context, Launch launch, InstantSource clock) {
    this.config = config;
    this.context = context;
    this.launch = launch;
    this.clock = clock;
    backoff = new Backoff(clock);
    room = new Semaphore(config.maxProcesses());
    reaper = Thread.ofVirtual().name("idle sessions of " + context.server()).start(this::reap);
  }

  @Override
  public UpstreamSession connect() throws UpstreamException, InterruptedException {
    waitAfterCrash();
    if (!room.tryAcquire()) {
      throw new UpstreamException(
          Reason.EXHAUSTED,
          false,
          0,
          "all "
              + config.maxProcesses()
              + " processes are in use (transport option max_processes)");
    }
    boolean started = false;
    try {
      StdioSession session = start();
      started = true;
      if (closed) {
        session.close();
        throw unreachable("the transport is closed");
      }
      return session;
    } finally {
      if (!started) {
        room.release();
      }
    }
  }

  private void waitAfterCrash() throws UpstreamException, InterruptedException {
    Duration left = backoff.left();
    if (left.isZero()) {
      return;
    }
    if (left.compareTo(WORTH_WAITING) > 0) {
      throw unreachable(lastCrash + "; restarting in " + seconds(left));
    }
    Thread.sleep(left);
  }

  private static String seconds(Duration left) {
    return left.plusMillis(999).toSeconds() + " s";
  }

  private StdioSession start() throws UpstreamException {
    Instant now = clock.instant();
    try {
      StdioSession session =
          new StdioSession(
              this,
              launch.start(),
              launch,
              config,
              context.server(),
              context.timeout(),
              context.logger(),
              now);
      sessions.add(session);
      return session;
    } catch (IOException e) {
      String why = "the process cannot be started: " + Quoted.line(String.valueOf(e.getMessage()));
      lastCrash = why;
      backoff.crashed(now);
      throw unreachable(why);
    }
  }

  private static UpstreamException unreachable(String why) {
    return new UpstreamException(Reason.UNREACHABLE, false, 0, why);
  }

  /** A session's process says no more. */
  void ended(StdioSession session, boolean crashed, String why) {
    if (crashed) {
      lastCrash = why;
      backoff.crashed(session.started());
    }
  }

  /** A session's process and all it had started are gone. */
  void gone(StdioSession session) {
    sessions.remove(session);
    room.release();
  }

  private void reap() {
    Duration pause = config.idleTimeout().dividedBy(10);
    if (pause.compareTo(MOST_BETWEEN_LOOKS) > 0) {
      pause = MOST_BETWEEN_LOOKS;
    } else if (pause.compareTo(LEAST_BETWEEN_LOOKS) < 0) {
      pause = LEAST_BETWEEN_LOOKS;
    }
    try {
      while (!closed) {
        Thread.sleep(pause);
        for (StdioSession session : sessions) {
          if (session.idle(config.idleTimeout())) {
            context.logger().info("ending a process that was not used");
            Thread.ofVirtual().name("end of an idle session").start(session::close);
          }
        }
      }
    } catch (InterruptedException e) {
      // The transport is closed.
    }
  }

  @Override
  public Health health() {
    Duration left = backoff.left();
    if (!left.isZero()) {
      return new Health(false, lastCrash + "; restarting in " + seconds(left));
    }
    int count = config.maxProcesses() - room.availablePermits();
    return new Health(true, count == 1 ? "1 process" : count + " processes");
  }

  @Override
  public void close() {
    closed = true;
    reaper.interrupt();
    List<Thread> endings = new ArrayList<>();
    for (StdioSession session : sessions) {
      endings.add(Thread.ofVirtual().name("end of a session").start(session::close));
    }
    try {
      for (Thread ending : endings) {
        ending.join();
      }
      // Sessions that somebody else was closing already.
      Duration most = config.stopTimeout().multipliedBy(2).plusSeconds(5);
      if (room.tryAcquire(
          config.maxProcesses(), most.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
        room.release(config.maxProcesses());
      } else {
        context.logger().warn("some processes could not be ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
