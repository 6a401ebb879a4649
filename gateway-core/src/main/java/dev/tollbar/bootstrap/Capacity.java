package dev.tollbar.bootstrap;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.tollbar.document.ByteSize;
import dev.tollbar.document.CapacityTerms;
import dev.tollbar.document.ServerCapacity;
import dev.tollbar.http.ConnectionTerms;
import dev.tollbar.upstream.Room;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a document says of capacity, as far as this machine has it. Safe for use by many threads.
 */
final class Capacity {
  private static final Logger LOG = LoggerFactory.getLogger(Capacity.class);

  /** Two of the largest bodies that there may be. */
  private static final long LEAST_BODIES = 8L * 1024 * 1024;

  private static final int ENOUGH_CONNECTIONS = 20_000;

  private final Room calls = new Room(Room.Terms.atOnce(CapacityTerms.DEFAULT.calls()));
  private volatile ConnectionTerms connections = connections(CapacityTerms.DEFAULT);

  /** Room for the calls that the gateway works on. */
  Room calls() {
    return calls;
  }

  /** What connections of clients are allowed. */
  ConnectionTerms ofClients() {
    return connections;
  }

  /** What those of operators are allowed: there are few, on this machine, and always with room. */
  ConnectionTerms ofOperators() {
    ConnectionTerms clients = connections;
    return new ConnectionTerms(
        512, 0, clients.head(), clients.body(), clients.idle(), clients.reply(), LEAST_BODIES);
  }

  /** Another document has come into force. */
  void adjust(CapacityTerms terms) {
    calls.adjust(Room.Terms.atOnce(terms.calls()));
    ConnectionTerms next = connections(terms);
    int allowed = next.connections();
    if (!next.equals(connections)) {
      terms
          .connections()
          .filter(wanted -> wanted > allowed)
          .ifPresent(wanted ->
              LOG.warn(
                  "{} connections may be open, not {}: the system lets this process have {} files",
                  allowed,
                  wanted,
                  files()));
    }
    connections = next;
  }

  static Room.Terms of(ServerCapacity capacity) {
    return new Room.Terms(capacity.calls(), capacity.waiting(), capacity.maxWait());
  }

  private static ConnectionTerms connections(CapacityTerms terms) {
    long bodies =
        terms
            .bodies()
            .map(ByteSize::bytes)
            .orElseGet(() -> Math.max(LEAST_BODIES, Runtime.getRuntime().maxMemory() / 16));
    return new ConnectionTerms(
        Math.min(terms.connections().orElse(ENOUGH_CONNECTIONS), mostConnections()),
        terms.connectionsPerAddress(),
        terms.headTimeout(),
        terms.bodyTimeout(),
        terms.idleTimeout(),
        terms.replyTimeout(),
        bodies);
  }

  /** The rest is for servers and files: a web server that gets none gives up its port for good. */
  static int mostConnections() {
    return (int) Math.min(files() / 4 * 3, Integer.MAX_VALUE);
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Integer.MAX_VALUE;
  }
}
