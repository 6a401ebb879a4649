package dev.tollbar.transport.http;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocketFactory;

/** The way to one server behind a URL: a pool of connections that its sessions share. */
final class StreamableHttpTransport implements UpstreamTransport {
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final StreamableHttpConfig config;
  private final TransportContext context;
  private final RequestHeaders headers;
  private final Connections connections;
  private final LastContact lastContact = new LastContact();
  private final Set<StreamableHttpSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  StreamableHttpTransport(
      StreamableHttpConfig config, TransportContext context, SSLSocketFactory tls) {
    this.config = config;
    this.context = context;
    Endpoint endpoint = Endpoint.of(config.url());
    headers = new RequestHeaders(endpoint, config.headers());
    connections =
        new Connections(
            context.server(),
            new Connector(endpoint, tls, config.connectTimeout(), config.maxHeaderBytes()),
            config.maxConnections(),
            config.connectTimeout());
  }

  /** Needs nothing of the server: the first message is what reaches out. */
  @Override
  public UpstreamSession connect() throws UpstreamException {
    StreamableHttpSession session =
        new StreamableHttpSession(
            config, context.timeout(), headers, connections, lastContact, sessions::remove);
    sessions.add(session);
    if (closed) {
      session.close();
      throw new UpstreamException(Reason.UNREACHABLE, false, 0, "the transport is closed");
    }
    return session;
  }

  @Override
  public Health health() {
    return lastContact.health();
  }

  /** How many connections are open. */
  int connectionCount() {
    return connections.size();
  }

  /** Says goodbye to the server for all sessions at once, for two seconds at most. */
  @Override
  public void close() {
    closed = true;
    List<Thread> farewells = new ArrayList<>();
    for (StreamableHttpSession session : sessions) {
      farewells.add(Thread.ofVirtual().name("farewell").start(session::close));
    }
    long end = System.nanoTime() + FAREWELL.toNanos();
    try {
      for (Thread farewell : farewells) {
        farewell.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.close();
    }
  }
}
