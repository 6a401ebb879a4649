package dev.tollbar.http;

import dev.tollbar.pipeline.Gateway;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
   * @param grace how long calls in flight may take to end when the server stops
   */
  public record Bounds(long maxBody, int maxConnections, int maxRequests, Duration grace) {
    public static Bounds ofClients() {
      return new Bounds(4L * 1024 * 1024, 20_000, 20_000, Duration.ofSeconds(8));
    }

    public static Bounds ofOperators() {
      return new Bounds(256L * 1024, 256, 64, Duration.ofSeconds(1));
    }
  }

  private final WebServer server;

  private WebFront(WebServer server) {
    this.server = server;
  }

  /**
   * Serves clients: {@code /mcp/{server}}.
   *
   * @param port 0 for one that is free
   * @throws BindException when the address is taken, in words for the operator
   */
  public static WebFront ofClients(
      InetAddress host, int port, Bounds bounds, Gateway gateway, InstantSource clock)
      throws BindException {
    return start(
        host, port, bounds, routing -> routing.register("/mcp", new McpEndpoint(gateway, clock)));
  }

  /** Serves operators: health, metrics, and answers to approvals. */
  public static WebFront ofOperators(
      InetAddress host, int port, Bounds bounds, AdminEndpoint endpoint) throws BindException {
    return start(host, port, bounds, routing -> routing.register("/", endpoint));
  }

  private static WebFront start(
      InetAddress host, int port, Bounds bounds, Consumer<HttpRouting.Builder> routing)
      throws BindException {
    WebServerConfig.Builder config =
        WebServer.builder()
            .address(host)
            .port(port)
            .shutdownHook(false)
            .maxPayloadSize(bounds.maxBody())
            .maxTcpConnections(bounds.maxConnections())
            .maxConcurrentRequests(bounds.maxRequests())
            .shutdownGracePeriod(bounds.grace())
            .connectionOptions(options -> options.tcpNoDelay(true));
    HttpRouting.Builder routes = HttpRouting.builder();
    routing.accept(routes);
    routes.error(
        IOException.class,
        (_, response, _) -> response.status(Status.BAD_GATEWAY_502).send());
    try {
      WebServer server = config.addRouting(routes).build().start();
      if (server.isRunning()) {
        return new WebFront(server);
      }
    } catch (RuntimeException e) {
      throw taken(host, port, e);
    }
    // The web server logs why it could not listen, and does not say it otherwise.
    throw new BindException(
        host.getHostAddress() + ":" + port + " cannot be bound: " + whyNot(host, port));
  }

  private static String whyNot(InetAddress host, int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, host)) {
      return "the address was in use";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static BindException taken(InetAddress host, int port, RuntimeException failure)
      throws BindException {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException bind) {
        BindException words =
            new BindException(
                host.getHostAddress() + ":" + port + " cannot be bound: " + bind.getMessage());
        words.initCause(bind);
        return words;
      }
    }
    throw failure;
  }

  public int port() {
    return server.port();
  }

  /** Stops taking calls, and gives those in flight their grace. */
  @Override
  public void close() {
    server.stop();
  }
}
