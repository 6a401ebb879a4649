package dev.tollbar.stdio;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Gateway;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one client over pipes (MCP 2025-11-25, basic/transports, stdio): one message a line.
 * Requests are worked on side by side; what must keep its order (the handshake, notifications,
 * answers) is taken on the reading thread.
 */
public final class StdioFront {
  private static final Logger LOG = LoggerFactory.getLogger(StdioFront.class);
  private static final int LONGEST_LINE = 4 * 1024 * 1024;

  private final Gateway gateway;
  private final String server;
  private final InstantSource clock;
  private final StdioClient client;
  private final Set<Thread> working = ConcurrentHashMap.newKeySet();
  private volatile Optional<String> session = Optional.empty();

  /**
   * A front.
   *
   * @param server which server the client talks to
   */
  public StdioFront(Gateway gateway, String server, OutputStream out, InstantSource clock) {
    this.gateway = gateway;
    this.server = server;
    this.clock = clock;
    this.client = new StdioClient(out);
  }

  /** Serves until the client closes its end, then ends the session. */
  public void serve(InputStream in) throws IOException, InterruptedException {
    try (BufferedInputStream lines = new BufferedInputStream(in, 64 * 1024)) {
      LineReader reader = new LineReader(lines, LONGEST_LINE);
      for (Optional<byte[]> line = reader.next(); line.isPresent(); line = reader.next()) {
        take(line.get());
      }
    } finally {
      end();
    }
  }

  private void take(byte[] line) {
    if (line.length == 0) {
      return;
    }
    Arrival arrival = arrival(line);
    StdioReply reply =
        StdioReply.wantsAnswer(line) ? new StdioReply(client, this::opened) : StdioReply.silent();
    if (session.isEmpty() || !StdioReply.isRequest(line)) {
      post(arrival, reply);
      return;
    }
    Thread worker = Thread.ofVirtual().unstarted(() -> post(arrival, reply));
    working.add(worker);
    worker.start();
  }

  private void post(Arrival arrival, StdioReply reply) {
    try {
      gateway.post(arrival, reply);
    } catch (IOException e) {
      LOG.debug("the client left: {}", e.getMessage());
    } finally {
      working.remove(Thread.currentThread());
    }
  }

  /** The handshake is through: what the server says by itself is passed on from now on. */
  private void opened(String id) {
    session = Optional.of(id);
    Thread.ofVirtual().name("listen").start(this::listen);
  }

  private void listen() {
    try {
      gateway.listen(arrival(new byte[0]), StdioReply.listening(client));
    } catch (IOException e) {
      LOG.debug("the client left: {}", e.getMessage());
    }
  }

  private void end() throws IOException, InterruptedException {
    for (Thread worker : working) {
      worker.join(java.time.Duration.ofSeconds(5));
    }
    if (session.isPresent()) {
      gateway.end(arrival(new byte[0]), StdioReply.silent());
    }
  }

  private Arrival arrival(byte[] body) {
    Optional<String> none = Optional.empty();
    return new Arrival(
        server,
        Arrival.Door.STDIO,
        new Arrival.Headers(none, none, none, none, none, session, none, none, true),
        body,
        clock.instant());
  }
}
