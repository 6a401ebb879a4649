package dev.tollbar.transport.stdio;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.transport.common.CallReply;
import dev.tollbar.transport.common.ServerMessage;
import dev.tollbar.transport.common.Switchboard;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** One process, for one client. */
final class StdioSession implements UpstreamSession {
  private static final int MOST_WARNINGS = 20;
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final StdioTransport transport;
  private final Process process;
  private final ProcessTree tree;
  private final StdioConfig config;
  private final Duration timeout;
  private final Logger logger;
  private final Instant started;
  private final StdinWriter stdin;
  private final Switchboard switchboard;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean ending = new AtomicBoolean();
  private volatile boolean alive = true;
  private volatile long usedAt = System.nanoTime();
  private int skipped;

  StdioSession(
      StdioTransport transport,
      Process process,
      Launch launch,
      StdioConfig config,
      String server,
      Duration timeout,
      Logger logger,
      Instant started) {
    this.transport = transport;
    this.process = process;
    this.config = config;
    this.timeout = timeout;
    this.logger = logger;
    this.started = started;
    tree = new ProcessTree(process, launch.ownGroup(), logger);
    switchboard = new Switchboard(timeout, logger);
    stdin = new StdinWriter(server, process.getOutputStream(), this::inputClosed);
    StderrLog stderr = new StderrLog(process.getErrorStream(), logger);
    // Reading a pipe blocks a platform thread; on virtual threads these would take all carriers.
    Thread.ofPlatform().daemon().name("stderr of " + server).start(stderr::read);
    Thread.ofPlatform().daemon().name("stdout of " + server).start(this::readStdout);
    Thread.ofVirtual().name("exit of " + server).start(this::watchExit);
  }

  Instant started() {
    return started;
  }

  // --- what the server says

  private void readStdout() {
    Optional<String> fault = Optional.empty();
    try {
      LineReader lines = new LineReader(process.getInputStream(), config.maxLineBytes());
      for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
        receive(line.get());
      }
    } catch (LineReader.LineTooLongException e) {
      fault =
          Optional.of("the server wrote a line of more than " + config.maxLineBytes() + " bytes");
    } catch (IOException e) {
      fault = Optional.of("the output of the server broke");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end(fault.orElseGet(this::howItEnded));
  }

  private String howItEnded() {
    return howItEnded("output");
  }

  private String howItEnded(String closed) {
    try {
      if (process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        return "the server ended with exit code " + process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "the server closed its " + closed;
  }

  /** A write may notice that the process is gone before the reader of its output does. */
  private void inputClosed() {
    Thread.ofVirtual().name("end of input").start(() -> end(howItEnded("input")));
  }

  private void receive(byte[] line) throws InterruptedException {
    usedAt = System.nanoTime();
    Optional<ServerMessage> message = ServerMessage.read(line);
    if (message.isPresent()) {
      Switchboard.oneLine(line);
      switchboard.deliver(line, message.get());
    } else if (line.length > 0 && skipped < MOST_WARNINGS) {
      skipped++;
      logger.warn(
          "skipped a line of {} bytes on stdout that is no message{}",
          line.length,
          skipped == MOST_WARNINGS ? "; more of them will not be logged" : "");
    }
  }

  /** Something that the process has started may hold its output open: it must not look alive. */
  private void watchExit() {
    try {
      process.waitFor();
      if (!closing.get()) {
        tree.endStragglers(config.stopTimeout());
      }
      Thread.sleep(LAST_WORDS);
      end(howItEnded());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** There will be no more messages, for one of several reasons; the first one counts. */
  private void end(String how) {
    if (!ending.compareAndSet(false, true)) {
      return;
    }
    alive = false;
    boolean crashed = !closing.get();
    String why = crashed ? how : "the session was closed";
    if (crashed) {
      logger.warn("{}", why);
    }
    transport.ended(this, crashed, why);
    Reason reason = crashed ? Reason.BROKEN : Reason.SESSION_LOST;
    switchboard.end(new UpstreamException(reason, true, 0, why), reason);
    if (crashed) {
      Thread.ofVirtual().name("end of a server").start(this::close);
    }
  }

  // --- what the client says

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    usedAt = System.nanoTime();
    return switch (message.kind()) {
      case REQUEST -> request(message);
      case NOTIFICATION -> tell(message);
      case RESPONSE -> {
        UpstreamReply accepted = tell(message);
        message.id().ifPresent(switchboard::answered);
        yield accepted;
      }
    };
  }

  private UpstreamReply request(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    Switchboard.Call call =
        switchboard.open(
            message
                .id()
                .orElseThrow(() ->
                    new UpstreamException(Reason.REFUSED, false, 0, "a request without an id")),
            message.progressToken());
    StdinWriter.Line line = stdin.write(message.bytes());
    boolean answered = false;
    try {
      UpstreamReply reply = CallReply.of(call).orElseThrow(this::closed);
      answered = true;
      if (message.method().equals("subscriptions/listen")) {
        call.stand();
      }
      return reply;
    } catch (UpstreamException e) {
      throw line.withdraw() ? notDelivered(e) : e;
    } finally {
      if (!answered) {
        line.withdraw();
        call.close();
      }
    }
  }

  private UpstreamReply tell(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    if (!alive) {
      throw closed();
    }
    StdinWriter.Line line = stdin.write(message.bytes());
    boolean settled = false;
    try {
      settled = line.settled().await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!settled) {
        line.withdraw();
      }
    }
    return switch (line.stage()) {
      case WRITTEN -> new UpstreamReply.Accepted();
      case REFUSED, FAILED ->
          throw new UpstreamException(
              Reason.BROKEN, false, 0, "the server does not take messages any more");
      case QUEUED, WITHDRAWN, WRITING ->
          throw new UpstreamException(
              Reason.TIMEOUT, !line.withdraw(), 0, "the server does not read its messages");
    };
  }

  private UpstreamException closed() {
    return new UpstreamException(Reason.SESSION_LOST, false, 0, "the session was closed");
  }

  private static UpstreamException notDelivered(UpstreamException e) {
    return new UpstreamException(e.reason(), false, e.status(), String.valueOf(e.getMessage()));
  }

  /** Messages of a process have no event ids, so no stream can go on where it broke. */
  @Override
  public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
    if (!alive) {
      throw closed();
    }
    if (lastEventId.isPresent()) {
      throw new UpstreamException(Reason.REFUSED, false, 0, "messages of a process have no ids");
    }
    return switchboard.listen();
  }

  @Override
  public boolean alive() {
    return alive;
  }

  /** Whether nothing was said for a while and nobody waits for anything. */
  boolean idle(Duration most) {
    return System.nanoTime() - usedAt > most.toNanos() && !switchboard.inUse();
  }

  /** Ends the process and all it has started; returns when they are gone. */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    alive = false;
    end("");
    stdin.finish();
    boolean interrupted = false;
    try {
      tree.end(config.stopTimeout());
    } catch (InterruptedException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      interrupted = true;
    } finally {
      transport.gone(this);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
