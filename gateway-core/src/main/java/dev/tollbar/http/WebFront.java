package dev.tollbar.http;

import dev.tollbar.pipeline.Entrance;
import dev.tollbar.pipeline.Gateway;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * The gateway's listening sockets: one for clients, one for operators. Both bind what they are told
 * and nothing else.
 */
public final class WebFront implements AutoCloseable {

  /**
   * Bounds of one listener. The web server's own defaults are open.
   *
   * @param maxBody the largest request body, in bytes
   * @param maxChannels how many old clients may have their stream of events open
   * @param keepAlive how often such a stream gets a comment, which shows whether its client is
   *     there
   * @param grace how long calls in flight may take to end when the server stops
   */
  public record Bounds(
      long maxBody,
      int maxConnections,
      int maxRequests,
      int maxChannels,
      Duration keepAlive,
      Duration grace) {
    private static final int SPARE = 64;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    /**
     * For the port of clients.
     *
     * @param most how many connections there may be whatever the guard allows; a little more, so
     *     that it is the guard who refuses. At this number the web server takes no further ones,
     *     which wait in the system
     */
    public static Bounds ofClients(int most) {
      int connections = most > Integer.MAX_VALUE - SPARE ? Integer.MAX_VALUE : most + SPARE;
      return new Bounds(
          4L * 1024 * 1024, connections, connections, 2_000, KEEP_ALIVE, Duration.ofSeconds(8));
    }

    public static Bounds ofOperators() {
      return new Bounds(256L * 1024, 512 + SPARE, 256, 0, KEEP_ALIVE, Duration.ofSeconds(1));
    }
  }

  /** What is larger is written as it is; each open stream has one. */
  private static final int WRITE_BUFFER = 512;

  private static final Duration NEVER = Duration.ofDays(3650);

  private final WebServer server;
  private final Runnable ending;

  private WebFront(WebServer server, Runnable ending) {
    this.server = server;
    this.ending = ending;
  }

  /**
   * Serves clients: {@code /mcp/{server}}, {@code /mcp} for all servers as one, and old ones:
   * {@code /sse/{server}}.
   *
   * @param port 0 for one that is free
   * @param guard the front's own from now on
   * @throws BindException when the address is taken, in words for the operator
   */
  public static WebFront ofClients(
      InetAddress host,
      int port,
      Bounds bounds,
      Gateway gateway,
      Entrance aggregate,
      InstantSource clock,
      Guard guard)
      throws BindException {
    Refused refused =
        new Refused(
            (code, reason, status) -> gateway.refused(clock.instant(), code, reason, status));
    SseEndpoint old = new SseEndpoint(gateway, clock, bounds, refused);
    return start(
        host,
        port,
        bounds,
        routing ->
            routing
                .register("/mcp", new McpEndpoint(gateway, aggregate, clock, refused))
                .register("/sse", old),
        refused.byTheWebServer(),
        new GuardedRequests(refused::overloaded),
        guard,
        old::close);
  }

  /** Serves operators: health, metrics, and answers to approvals. */
  public static WebFront ofOperators(
      InetAddress host,
      int port,
      Bounds bounds,
      DecisionEndpoint decisions,
      AdminEndpoint endpoint,
      Guard guard)
      throws BindException {
    return start(
        host,
        port,
        bounds,
        routing -> routing.register("/", decisions).register("/", endpoint),
        AdminRoutes.refusedByTheWebServer(),
        new GuardedRequests(
            response -> response.status(Status.SERVICE_UNAVAILABLE_503).send(Refused.OVERLOADED)),
        guard,
        () -> {});
  }

  private static WebFront start(
      InetAddress host,
      int port,
      Bounds bounds,
      Consumer<HttpRouting.Builder> routing,
      DirectHandlers refused,
      GuardedRequests requests,
      Guard guard,
      Runnable ending)
      throws BindException {
    WebServerConfig.Builder config =
        WebServer.builder()
            .address(host)
            .port(port)
            .shutdownHook(false)
            .maxPayloadSize(bounds.maxBody())
            .useNio(false) // its sockets have a second buffer of 8 KB, for writing
            .writeBufferSize(WRITE_BUFFER)
            .maxTcpConnections(bounds.maxConnections())
            .protocolsDiscoverServices(false)
            .addConnectionSelector(new GuardedSelector(guard))
            .idleConnectionTimeout(NEVER) // the guard looks after that
            .maxConcurrentRequests(bounds.maxRequests())
            .shutdownGracePeriod(bounds.grace())
            .directHandlers(refused)
            .connectionOptions(options -> options.tcpNoDelay(true));
    HttpRouting.Builder routes = HttpRouting.builder().addFilter(requests);
    routing.accept(routes);
    routes.error(
        IOException.class, (_, response, _) -> response.status(Status.BAD_GATEWAY_502).send());
    checkBindable(host, port);
    WebServer server = config.addRouting(routes).build().start();
    if (!server.isRunning()) {
      server.stop();
      throw unbindable(host, port, "another program was faster");
    }
    return new WebFront(
        server,
        () -> {
          ending.run();
          guard.close();
        });
  }

  /**
   * The web server does not report a port that is taken: it logs it, and goes on without a socket.
   */
  private static void checkBindable(InetAddress host, int port) throws BindException {
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw unbindable(host, port, String.valueOf(e.getMessage()));
    }
  }

  private static BindException unbindable(InetAddress host, int port, String why) {
    return new BindException(host.getHostAddress() + ":" + port + " cannot be bound: " + why);
  }

  public int port() {
    return server.port();
  }

  /** Stops taking calls, and gives those in flight their grace. */
  @Override
  public void close() {
    ending.run();
    server.stop();
  }
}
