package dev.tollbar.transport.http;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * The way to one server behind a URL: a pool of connections that its sessions share, and one for
 * the streams that stay open, which must not keep calls from getting through.
 */
final class StreamableHttpTransport implements UpstreamTransport {
  private final StreamableHttpConfig config;
  private final TransportContext context;
  private final RequestHeaders headers;
  private final Connections connections;
  private final Connections streams;
  private final LastContact lastContact = new LastContact();
  private final Set<StreamableHttpSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  StreamableHttpTransport(
      StreamableHttpConfig config, TransportContext context, Supplier<SSLSocketFactory> tls) {
    this.config = config;
    this.context = context;
    Endpoint endpoint = Endpoint.of(config.url());
    headers = new RequestHeaders(endpoint, config.headers());
    Connector connector =
        new Connector(endpoint, tls, config.connectTimeout(), config.maxHeaderBytes());
    connections = pool(connector, config.maxConnections(), "max_connections");
    streams = pool(connector, config.maxStreams(), "max_streams");
  }

  private Connections pool(Connector connector, int most, String option) {
    return new Connections(context.server(), connector, most, option, config.connectTimeout());
  }

  /** Needs nothing of the server: the first message is what reaches out. */
  @Override
  public UpstreamSession connect() throws UpstreamException {
    return session(Optional.empty());
  }

  @Override
  public UpstreamSession resume(String token) throws UpstreamException {
    if (!StreamableHttpSession.isToken(token)) {
      throw new UpstreamException(
          Reason.SESSION_LOST, false, 0, "what the session is to go on with is no session id");
    }
    return session(Optional.of(token));
  }

  private UpstreamSession session(Optional<String> token) throws UpstreamException {
    StreamableHttpSession session =
        new StreamableHttpSession(
            config,
            context.timeout(),
            headers,
            connections,
            streams,
            lastContact,
            token,
            sessions::remove);
    sessions.add(session);
    if (closed) {
      session.leave();
      throw new UpstreamException(Reason.UNREACHABLE, false, 0, "the transport is closed");
    }
    return session;
  }

  @Override
  public boolean separatesRequests() {
    return true;
  }

  @Override
  public Health health() {
    return lastContact.health();
  }

  /** How many connections are open. */
  int connectionCount() {
    return connections.size() + streams.size();
  }

  /** Leaves the sessions as they are at the server: a later run of the gateway may resume them. */
  @Override
  public void close() {
    closed = true;
    sessions.forEach(StreamableHttpSession::leave);
    connections.close();
    streams.close();
  }
}
