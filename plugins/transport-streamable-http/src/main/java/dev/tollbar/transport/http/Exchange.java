package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.transport.common.Quoted;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One request and its reply, on a connection that it has for itself. */
final class Exchange implements Closeable {
  /** What Node and uvicorn keep unless told otherwise; uvicorn never says so, Node not always. */
  private static final Duration WHEN_NOT_SAID = Duration.ofSeconds(5);

  private final Connections connections;
  private final Connection connection;
  private final InFlight inFlight;
  private final ReplyHead head;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean closedHere;

  private Exchange(
      Connections connections, Connection connection, InFlight inFlight, ReplyHead head) {
    this.connections = connections;
    this.connection = connection;
    this.inFlight = inFlight;
    this.head = head;
  }

  /**
   * Sends a request and reads the head of its reply.
   *
   * <p>A request is sent a second time in one case only: its first connection had rested in the
   * pool, and failed before the last byte of the request was handed to the operating system. The
   * server cannot have seen all of such a request, so it cannot have acted on it. Once all of it is
   * written nothing tells a server that did nothing from one that died after doing it; then the
   * exchange fails as delivered.
   */
  static Exchange begin(
      Connections connections,
      InFlight inFlight,
      byte[] requestHead,
      byte[] requestBody,
      Duration within,
      int mostHeadBytes)
      throws UpstreamException, InterruptedException {
    Connection connection = connections.take();
    while (true) {
      inFlight.add(connection);
      boolean sent = false;
      boolean done = false;
      try {
        inFlight.bound(connection, within);
        connection.send(requestHead, requestBody);
        sent = true;
        ReplyHead head = ReplyHead.read(connection, mostHeadBytes);
        connection.disarm();
        done = true;
        return new Exchange(connections, connection, inFlight, head);
      } catch (IOException e) {
        failIfInterrupted();
        if (sent || !connection.reused() || connection.timedOut()) {
          throw failure(e, connection, sent);
        }
      } finally {
        if (!done) {
          inFlight.remove(connection);
          if (sent || !connection.reused() || connection.timedOut()) {
            connections.drop(connection);
          }
        }
      }
      connection = connections.replace(connection);
    }
  }

  ReplyHead head() {
    return head;
  }

  boolean closedHere() {
    return closedHere;
  }

  /** The connection's bytes, for the body of the reply. */
  int read(byte[] target, int offset, int length) throws IOException {
    return connection.read(target, offset, length);
  }

  Connection connection() {
    return connection;
  }

  void bound(Duration idle) {
    inFlight.bound(connection, idle);
  }

  void unbound() {
    connection.disarm();
  }

  /** The reply was read to its end. */
  void finish() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    inFlight.remove(connection);
    if (head.keep()) {
      connections.keep(connection, head.rest().orElse(WHEN_NOT_SAID));
    } else {
      connections.drop(connection);
    }
  }

  /** The reply cannot be read to its end. Has no effect after {@link #finish}. */
  void drop() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    inFlight.remove(connection);
    connections.drop(connection);
  }

  /** Drops the reply because its reader wants no more. */
  @Override
  public void close() {
    closedHere = true;
    drop();
  }

  /** What a failure while the reply was read means. */
  UpstreamException failure(IOException e) throws InterruptedException {
    failIfInterrupted();
    return failure(e, connection, true);
  }

  private static void failIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted while waiting for the server");
    }
  }

  private static UpstreamException failure(IOException e, Connection connection, boolean sent) {
    if (connection.timedOut()) {
      String what = sent ? "the server was silent for too long" : "the server does not read";
      return new UpstreamException(Reason.TIMEOUT, sent, 0, what);
    }
    if (e instanceof MalformedReplyException) {
      return new UpstreamException(Reason.MALFORMED, sent, 0, "the server sent " + e.getMessage());
    }
    String why =
        Optional.ofNullable(e.getMessage()).map(text -> " (" + Quoted.line(text) + ")").orElse("");
    String when = sent ? "before its reply was complete" : "while the request was sent";
    return new UpstreamException(Reason.BROKEN, sent, 0, "the connection ended " + when + why);
  }
}
