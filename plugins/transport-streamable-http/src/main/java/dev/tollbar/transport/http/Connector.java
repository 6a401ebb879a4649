package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.transport.common.Quoted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Opens connections to one endpoint. */
final class Connector {
  private final Endpoint endpoint;
  private final Optional<SSLSocketFactory> tls;
  private final Duration timeout;
  private final int bufferSize;

  /**
   * Connects to an endpoint.
   *
   * @param tls asked only where the endpoint is one of TLS: to read all certificates that Java
   *     trusts takes a twentieth of a start
   */
  Connector(Endpoint endpoint, Supplier<SSLSocketFactory> tls, Duration timeout, int bufferSize) {
    this.endpoint = endpoint;
    this.tls = endpoint.tls() ? Optional.of(tls.get()) : Optional.empty();
    this.timeout = timeout;
    this.bufferSize = bufferSize;
  }

  /** Tries every address of the host, within one deadline. */
  SocketChannel connect() throws UpstreamException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    Optional<IOException> last = Optional.empty();
    for (InetAddress address : addresses()) {
      int left = (int) Math.min(Integer.MAX_VALUE, (end - System.nanoTime()) / 1_000_000);
      if (left <= 0) {
        break;
      }
      try {
        SocketChannel channel = SocketChannel.open();
        try {
          channel.socket().connect(new InetSocketAddress(address, endpoint.port()), left);
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
          channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
          return channel;
        } catch (IOException e) {
          channel.close();
          throw e;
        }
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while connecting");
        }
        last = Optional.of(e);
      }
    }
    boolean late = last.isEmpty() || last.get() instanceof SocketTimeoutException;
    throw unreachable(
        late ? "no connection within " + timeout.toMillis() + " ms" : text(last.orElseThrow()));
  }

  private InetAddress[] addresses() throws UpstreamException {
    try {
      return InetAddress.getAllByName(endpoint.host());
    } catch (UnknownHostException e) {
      throw unreachable("the host is not known");
    }
  }

  /** A plain connection, or the TLS one on top of it, whose handshake is still to be done. */
  Opened open(SocketChannel channel) throws UpstreamException {
    try {
      if (tls.isEmpty()) {
        return new Opened(new Connection(channel, channel.socket(), bufferSize), Optional.empty());
      }
      SSLSocket socket =
          (SSLSocket)
              tls.get().createSocket(channel.socket(), endpoint.host(), endpoint.port(), true);
      SSLParameters parameters = socket.getSSLParameters();
      // Without this Java checks the certificate's chain, but not whose it is.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setApplicationProtocols(new String[] {"http/1.1"});
      socket.setSSLParameters(parameters);
      return new Opened(new Connection(channel, socket, bufferSize), Optional.of(socket));
    } catch (IOException e) {
      throw unreachable(text(e));
    }
  }

  /** The handshake of a connection whose deadline is watched already. */
  void handshake(Opened opened) throws UpstreamException, InterruptedException {
    if (opened.socket().isEmpty()) {
      return;
    }
    Connection connection = opened.connection();
    try {
      connection.arm(timeout);
      opened.socket().get().startHandshake();
      connection.disarm();
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while connecting");
      }
      throw unreachable(
          connection.timedOut()
              ? "no TLS handshake within " + timeout.toMillis() + " ms"
              : "TLS: " + text(e));
    }
  }

  private UpstreamException unreachable(String why) {
    return new UpstreamException(Reason.UNREACHABLE, false, 0, endpoint + ": " + why);
  }

  private static String text(IOException e) {
    String message = e.getMessage();
    if (message == null || message.isBlank()) {
      return "the connection failed";
    }
    return message.equals("Connection refused") ? "connection refused" : Quoted.line(message);
  }

  /**
   * A connection, with what its handshake needs.
   *
   * @param socket the TLS socket, if it is one
   */
  record Opened(Connection connection, Optional<SSLSocket> socket) {}
}
