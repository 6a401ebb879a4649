package dev.tollbar.bootstrap;

import dev.tollbar.upstream.Server;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Optional;

/**
 * The servers that revisions have, each closed when the last of them has let go of it. Safe for use
 * by many threads.
 */
final class OpenServers {

  private static final class Use {
    private final Optional<Object> code;
    private int revisions;

    Use(Optional<Object> code) {
      this.code = code;
    }
  }

  private final IdentityHashMap<Server, Use> uses = new IdentityHashMap<>();

  /** Takes a new one, which no revision has yet. */
  synchronized void opened(Server server, Optional<Object> code) {
    uses.put(server, new Use(code));
  }

  /** Whether the server's transport is of that code, and not of another version of its plugin. */
  synchronized boolean isOf(Server server, Optional<Object> code) {
    Use use = uses.get(server);
    return use != null && use.code.equals(code);
  }

  /** A revision has them. */
  synchronized void enter(Collection<Server> servers) {
    servers.forEach(server -> {
      Use use = uses.get(server);
      if (use != null) {
        use.revisions++;
      }
    });
  }

  /** A revision has them no more. */
  void leave(Collection<Server> servers) {
    servers.stream().filter(this::isLast).forEach(OpenServers::close);
  }

  /** None of these came to be used. */
  void drop(Collection<Server> servers) {
    synchronized (this) {
      servers.forEach(uses::remove);
    }
    servers.forEach(OpenServers::close);
  }

  private synchronized boolean isLast(Server server) {
    Use use = uses.get(server);
    if (use == null || --use.revisions > 0) {
      return false;
    }
    uses.remove(server);
    return true;
  }

  /** The lines first, which may have to say goodbye over the transport. */
  private static void close(Server server) {
    server.lines().close();
    server.transport().close();
  }
}
