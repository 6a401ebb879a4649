package dev.tollbar.transport.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that says exactly the bytes that a test wants said. */
final class RawServer implements AutoCloseable {

  /** What happens on one connection. */
  @FunctionalInterface
  interface Script {
    void run(Peer peer) throws Exception;
  }

  /** One accepted connection; {@code number} counts from 1. */
  record Peer(Socket socket, InputStream in, OutputStream out, int number, List<String> requests) {

    /** Reads one request, head and body; empty when the client has closed. */
    Optional<String> request() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int c = in.read();
        if (c < 0) {
          return Optional.empty();
        }
        head.write(c);
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      int length =
          text.lines()
              .filter(line -> line.startsWith("Content-Length: "))
              .mapToInt(line -> Integer.parseInt(line.substring(16)))
              .findFirst()
              .orElse(0);
      text += new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
      requests.add(text);
      return Optional.of(text);
    }

    void say(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
  }

  final AtomicInteger connections = new AtomicInteger();
  final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ServerSocket listener;
  private final Script script;

  RawServer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  RawServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  /** Answers every request on every connection alike. */
  static RawServer saying(String reply) throws IOException {
    return new RawServer(peer -> {
      while (peer.request().isPresent()) {
        peer.say(reply);
      }
    });
  }

  /** Answers the first request of each connection, then closes it. */
  static RawServer sayingOnce(String reply) throws IOException {
    return new RawServer(peer -> {
      if (peer.request().isPresent()) {
        peer.say(reply);
      }
    });
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      script.run(
          new Peer(
              socket,
              new BufferedInputStream(socket.getInputStream()),
              socket.getOutputStream(),
              number,
              requests));
    } catch (Exception e) {
      // A client that goes away is part of many tests.
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/mcp";
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
