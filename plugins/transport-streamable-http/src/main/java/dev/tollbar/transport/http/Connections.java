package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The connections to one server. The one used last is used first, so that those that are not needed
 * rest long enough to be closed. Never more than the maximum are open: a connection is opened only
 * when none rests, and only by the holder of a permit.
 */
final class Connections implements AutoCloseable {
  private static final Duration MOST_REST = Duration.ofSeconds(60);
  private static final Duration MARGIN = Duration.ofSeconds(1);
  private static final Duration SHORTEST_ROUND = Duration.ofMillis(100);
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(1);

  /** So many connections are looked at in a second, and not more. */
  private static final int LOOKS = 10_000;

  private final Connector connector;
  private final Duration timeout;
  private final Semaphore permits;
  private final int most;
  private final String option;
  private final ConcurrentLinkedDeque<Connection> resting = new ConcurrentLinkedDeque<>();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final Thread watch;
  private volatile boolean closed;

  /**
   * Begins without connections.
   *
   * @param most how many may be open
   * @param option what that is called in the document
   * @param timeout how long to wait for one when all are in use
   */
  Connections(String server, Connector connector, int most, String option, Duration timeout) {
    this.connector = connector;
    this.most = most;
    this.option = option;
    this.timeout = timeout;
    this.permits = new Semaphore(most);
    this.watch = Thread.ofVirtual().name("deadlines of " + server).start(this::watchDeadlines);
  }

  /** A resting connection that the server has left alone, or else a new one. */
  Connection take() throws UpstreamException, InterruptedException {
    if (!permits.tryAcquire() && !permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new UpstreamException(
          Reason.EXHAUSTED,
          false,
          0,
          "all " + most + " connections are in use (transport option " + option + ")");
    }
    long now = System.nanoTime();
    for (Connection connection = resting.pollFirst();
        connection != null;
        connection = resting.pollFirst()) {
      if (!connection.restedTooLong(now) && connection.quiet()) {
        connection.reuse();
        return connection;
      }
      forget(connection);
    }
    return openOrGiveUpPermit();
  }

  /** A new connection in place of one that turned out to be closed. */
  Connection replace(Connection broken) throws UpstreamException, InterruptedException {
    forget(broken);
    return openOrGiveUpPermit();
  }

  private Connection openOrGiveUpPermit() throws UpstreamException, InterruptedException {
    boolean opened = false;
    try {
      Connection connection = open();
      opened = true;
      return connection;
    } finally {
      if (!opened) {
        permits.release();
      }
    }
  }

  private Connection open() throws UpstreamException, InterruptedException {
    SocketChannel channel = connector.connect();
    Connector.Opened opened = connector.open(channel);
    Connection connection = opened.connection();
    boolean first = open.isEmpty();
    open.add(connection);
    if (first) {
      LockSupport.unpark(watch);
    }
    if (closed) {
      forget(connection);
    }
    boolean ready = false;
    try {
      connector.handshake(opened);
      ready = true;
      return connection;
    } finally {
      if (!ready) {
        forget(connection);
      }
    }
  }

  /** Ends an exchange whose reply was read to its end. */
  void keep(Connection connection, Duration serverKeepsIt) {
    Duration rest = serverKeepsIt.minus(MARGIN);
    if (closed || rest.isNegative() || rest.isZero() || !connection.drained()) {
      forget(connection);
    } else {
      connection.rest(rest.compareTo(MOST_REST) < 0 ? rest : MOST_REST);
      resting.addFirst(connection);
    }
    // After the connection rests: whoever gets the permit must find it, or one too many is opened.
    permits.release();
    if (closed) {
      closeResting();
    }
  }

  /** Ends an exchange whose connection is of no more use. */
  void drop(Connection connection) {
    forget(connection);
    permits.release();
  }

  private void forget(Connection connection) {
    open.remove(connection);
    connection.close();
  }

  private void watchDeadlines() {
    while (!closed) {
      if (open.isEmpty()) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, round().toNanos());
      }
      long now = System.nanoTime();
      for (Connection connection : open) {
        connection.closeIfLate(now);
      }
      closeRested(now);
    }
  }

  /** The more there are, the longer: ten thousand open streams are not worth a look each 100 ms. */
  private Duration round() {
    Duration round = Duration.ofSeconds(open.size()).dividedBy(LOOKS);
    if (round.compareTo(SHORTEST_ROUND) < 0) {
      return SHORTEST_ROUND;
    }
    return round.compareTo(LONGEST_ROUND) > 0 ? LONGEST_ROUND : round;
  }

  private void closeRested(long now) {
    for (Connection connection : resting) {
      if (connection.restedTooLong(now) && resting.removeLastOccurrence(connection)) {
        forget(connection);
      }
    }
  }

  private void closeResting() {
    for (Connection connection = resting.pollFirst();
        connection != null;
        connection = resting.pollFirst()) {
      forget(connection);
    }
  }

  /** How many connections are open, resting ones included. */
  int size() {
    return open.size();
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watch);
    closeResting();
    open.forEach(Connection::close);
  }
}
