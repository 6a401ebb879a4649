package dev.tollbar.transport.http;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * The way to one server of 2024-11-05: a stream for each session, and connections for messages that
 * all of them share. Streams are counted apart, so that they never leave messages without one.
 */
final class SseTransport implements UpstreamTransport {
  private final SseConfig config;
  private final TransportContext context;
  private final Endpoint endpoint;
  private final RequestHeaders headers;
  private final Connections streams;
  private final Connections connections;
  private final LastContact lastContact = new LastContact();
  private final Set<SseSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  SseTransport(SseConfig config, TransportContext context, Supplier<SSLSocketFactory> tls) {
    this.config = config;
    this.context = context;
    endpoint = Endpoint.of(config.url());
    headers = new RequestHeaders(endpoint, config.headers());
    Connector connector =
        new Connector(endpoint, tls, config.connectTimeout(), config.maxHeaderBytes());
    streams =
        new Connections(
            context.server(),
            connector,
            config.maxStreams(),
            "max_streams",
            config.connectTimeout());
    connections =
        new Connections(
            context.server(),
            connector,
            config.maxConnections(),
            "max_connections",
            config.connectTimeout());
  }

  /** Opens the stream, and waits until the server has named where messages go. */
  @Override
  public UpstreamSession connect() throws UpstreamException, InterruptedException {
    if (closed) {
      throw transportClosed();
    }
    Duration within = config.firstByteTimeout().orElse(context.timeout());
    InFlight inFlight = new InFlight(within);
    SseStream stream;
    try {
      stream = SseStream.open(streams, inFlight, endpoint, headers, within, config);
      lastContact.answered(200);
    } catch (UpstreamException e) {
      lastContact.failed(e);
      throw notDelivered(e);
    }
    SseSession session =
        new SseSession(
            config,
            context.timeout(),
            context.logger(),
            headers,
            connections,
            inFlight,
            stream,
            lastContact,
            sessions::remove);
    sessions.add(session);
    session.start(context.server());
    if (closed) {
      session.close();
      throw transportClosed();
    }
    return session;
  }

  /** Whatever the server made of the stream, it has seen no message yet. */
  private static UpstreamException notDelivered(UpstreamException e) {
    return new UpstreamException(e.reason(), false, e.status(), String.valueOf(e.getMessage()));
  }

  private static UpstreamException transportClosed() {
    return new UpstreamException(Reason.UNREACHABLE, false, 0, "the transport is closed");
  }

  @Override
  public Health health() {
    return lastContact.health();
  }

  /** How many connections are open. */
  int connectionCount() {
    return streams.size() + connections.size();
  }

  @Override
  public void close() {
    closed = true;
    sessions.forEach(SseSession::close);
    streams.close();
    connections.close();
  }
}
