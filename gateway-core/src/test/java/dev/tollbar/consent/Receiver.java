package dev.tollbar.consent;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Someone who is asked over HTTP: answers what it was told to, in order, then 202. */
final class Receiver implements AutoCloseable {
  record Reply(int status, String body) {}

  record Asked(Headers headers, String body, String path) {
    String header(String name) {
      return Optional.ofNullable(headers.getFirst(name)).orElse("");
    }
  }

  /** The status of a reply that is held back until it is let go. */
  static final int HANGS = -1;

  private final Semaphore held = new Semaphore(0);
  private final ConcurrentLinkedQueue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  Receiver(Reply... answers) throws IOException {
    this(0, answers);
  }

  Receiver(int port, Reply... answers) throws IOException {
    replies.addAll(List.of(answers));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(new Asked(exchange.getRequestHeaders(), body, exchange.getRequestURI().toString()));
      Reply reply = Optional.ofNullable(replies.poll()).orElse(new Reply(202, ""));
      if (reply.status() == HANGS) {
        held.acquireUninterruptibly();
        reply = new Reply(200, reply.body());
      }
      if (reply.status() == 302) {
        exchange.getResponseHeaders().add("location", reply.body());
      }
      byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ask");
  }

  /** The next request; blocks for it. */
  Asked next() throws InterruptedException {
    return Optional.ofNullable(asked.poll(30, TimeUnit.SECONDS)).orElseThrow();
  }

  /** Lets a reply go that was held back. */
  void letGo() {
    held.release();
  }

  int waiting() {
    return asked.size();
  }

  @Override
  public void close() {
    held.release(1_000);
    server.stop(0);
    threads.shutdownNow();
  }
}
