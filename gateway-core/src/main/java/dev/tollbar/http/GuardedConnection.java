package dev.tollbar.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.task.InterruptableTask;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the web server with deadlines: all that it reads and writes passes here. What the
 * web server does with it happens on one thread; another one may cut it.
 */
final class GuardedConnection implements ServerConnection, InterruptableTask<Void>, Guard.Watched {
  private static final ScopedValue<GuardedConnection> CURRENT = ScopedValue.newInstance();
  private static final byte[] REFUSAL =
      ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: "
              + Refused.RETRY_AFTER
              + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  /** What the web server reads at once. */
  private static final long BUFFER = 8 * 1024;

  private final Guard guard;
  private final HelidonSocket socket;
  private final DataWriter plainWriter;
  private final Optional<Source> source;
  private final Deadlines deadlines;
  private final ServerConnection connection;
  private final AtomicBoolean cut = new AtomicBoolean();

  /** Bytes that the guard has room for, for the body that is read. */
  private long taken;

  /** There was no room for the rest of that body: where the next request begins is not known. */
  private boolean full;

  GuardedConnection(Guard guard, ServerConnectionSelector protocol, ConnectionContext context) {
    this.guard = guard;
    this.socket = context.serverSocket();
    this.plainWriter = context.dataWriter();
    this.source = Source.of(context.remotePeer().address());
    this.deadlines = guard.deadlines();
    this.connection =
        protocol.connection(
            new GuardedContext(
                context, DataReader.create(this::read), new GuardedWriter(plainWriter, this)));
  }

  /** The connection of the request that this thread answers. */
  static GuardedConnection current() {
    return CURRENT.get();
  }

  @Override
  public Optional<Source> source() {
    return source;
  }

  @Override
  public void handle(Limit limit) throws InterruptedException {
    Optional<Guard.Reason> refused = guard.enter(this);
    if (refused.isPresent()) {
      plainWriter.writeNow(BufferData.create(REFUSAL));
      throw new CloseConnectionException(refused.get().text());
    }
    try {
      ScopedValue.where(CURRENT, this)
          .<@Nullable Void, InterruptedException>call(() -> {
            connection.handle(limit);
            return null;
          });
    } finally {
      guard.leave(this);
    }
  }

  /**
   * A request is to be answered.
   *
   * @param declared how many bytes its body has, if it says so; else 0
   * @return false if there is no room for the body
   */
  boolean begin(long declared) {
    if (!guard.hasRoom(declared) || !guard.take(Math.min(declared, BUFFER))) {
      return false;
    }
    taken = Math.min(declared, BUFFER);
    full = false;
    deadlines.requested();
    return true;
  }

  /** The request is answered. */
  void end() {
    deadlines.answered();
    guard.giveBack(taken);
    taken = 0;
    if (full) {
      lingerAndClose();
    }
  }

  /** To close while the client still sends could take the answer away from it. */
  private void lingerAndClose() {
    deadlines.closing();
    while (arriving() != null) {
      // It goes away when it has read the answer, or is late.
    }
    throw new CloseConnectionException("a body was not read to its end");
  }

  private byte @Nullable [] read() {
    byte[] data = arriving();
    makeRoom();
    return data;
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but the time it takes
  private byte @Nullable [] arriving() {
    int bytes = 0;
    deadlines.reading();
    try {
      Thread.yield(); // whoever else can run goes first; often there is something to read then
      byte[] data = socket.get();
      if (cut.get()) {
        throw late();
      }
      bytes = data == null ? 0 : data.length;
      return data;
    } catch (UncheckedIOException e) {
      throw cut.get() ? late() : new ServerConnectionException("cannot be read", e);
    } finally {
      deadlines.read(bytes);
    }
  }

  private static CloseConnectionException late() {
    return new CloseConnectionException("it took too long");
  }

  /**
   * A body takes its room as it arrives: what a client says that it will send is only said, and
   * must not keep others out. What may have come with the head is taken before.
   */
  private void makeRoom() {
    long more = deadlines.inRequest() ? deadlines.bodyBytes() - taken : 0;
    if (more <= 0) {
      return;
    }
    if (!guard.take(more)) {
      full = true;
      throw new HttpException(Refused.OVERLOADED, Status.SERVICE_UNAVAILABLE_503, false);
    }
    taken += more;
  }

  /** Writes something, in time. */
  void write(long bytes, Runnable writing) {
    deadlines.writing(bytes);
    try {
      writing.run();
    } catch (UncheckedIOException e) {
      if (cut.get()) {
        throw new UncheckedIOException(new SocketException("the client did not read"));
      }
      throw e;
    } finally {
      deadlines.written();
    }
  }

  @Override
  public Optional<Guard.Reason> overdue() {
    return deadlines.overdue();
  }

  @Override
  public boolean cut() {
    if (!cut.compareAndSet(false, true)) {
      return false;
    }
    try {
      socket.close();
    } catch (UncheckedIOException e) {
      connection.close(true); // the other side was faster; whoever waits need not go on to
    }
    return true;
  }

  @Override
  public boolean canInterrupt() {
    return connection instanceof InterruptableTask<?> task && task.canInterrupt();
  }

  @Override
  public Duration idleTime() {
    return connection.idleTime();
  }

  @Override
  public void close(boolean interrupt) {
    connection.close(interrupt);
  }
}
