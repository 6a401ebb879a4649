package dev.tollbar.transport.http;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server of 2024-11-05: a stream for each GET, and a script for what is posted. */
final class SseServer implements AutoCloseable {
  static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  static final String ENDPOINT = "event: endpoint\ndata: /messages?session=7\n\n";
  static final String ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 8\r\n\r\nAccepted";

  /** What a POST brings about. */
  @FunctionalInterface
  interface Script {
    /**
     * Runs on the connection of the POST.
     *
     * @param stream the stream that was opened last
     */
    void run(String request, RawServer.Peer post, RawServer.Peer stream) throws Exception;
  }

  private final RawServer server;
  private final List<RawServer.Peer> streams = new CopyOnWriteArrayList<>();

  SseServer(Script script) throws IOException {
    server = new RawServer(peer -> serve(peer, script));
  }

  /** Accepts every message, and then says something on the stream. */
  static SseServer saying(String events) throws IOException {
    return new SseServer((request, post, stream) -> {
      post.say(ACCEPTED);
      stream.say(events);
    });
  }

  private void serve(RawServer.Peer peer, Script script) throws Exception {
    for (var request = peer.request(); request.isPresent(); request = peer.request()) {
      if (request.get().startsWith("GET ")) {
        streams.add(peer);
        peer.say(STREAM + ENDPOINT);
      } else {
        script.run(request.get(), peer, stream());
      }
    }
  }

  static String event(String json) {
    return "event: message\ndata: " + json + "\n\n";
  }

  List<String> requests() {
    return server.requests;
  }

  /** The stream that was opened last. */
  RawServer.Peer stream() {
    return streams.getLast();
  }

  int port() {
    return server.port();
  }

  String url() {
    return "http://127.0.0.1:" + server.port() + "/base/sse?key=1";
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
