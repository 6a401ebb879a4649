package dev.tollbar.http;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Conversation;
import dev.tollbar.pipeline.Gateway;
import dev.tollbar.protocol.ErrorCode;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * {@code /sse/{server}}: the two endpoints of HTTP+SSE (MCP 2024-11-05, basic/transports), at one
 * address. The client opens a stream of events, which is its session, and posts its messages to
 * where the first event tells it.
 */
final class SseEndpoint implements HttpService, AutoCloseable {
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  private final Gateway gateway;
  private final InstantSource clock;
  private final Refused refused;
  private final WebFront.Bounds bounds;
  private final Semaphore room;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Connection> open = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** A client's stream, which is of use to its own grant and server only. */
  private record Connection(
      String grant, String server, SseChannel channel, Conversation conversation) {

    boolean isOf(String otherGrant, String otherServer) {
      return grant.equals(otherGrant) && server.equals(otherServer);
    }
  }

  SseEndpoint(Gateway gateway, InstantSource clock, WebFront.Bounds bounds, Refused refused) {
    this.refused = refused;
    this.gateway = gateway;
    this.clock = clock;
    this.bounds = bounds;
    this.room = new Semaphore(bounds.maxChannels());
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/{server}", this::open)
        .post("/{server}", this::post)
        .any("/{server}", refused.method("GET, POST"));
  }

  private void open(ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    Arrival arrival = Incoming.ofOldClient(request, clock.instant());
    HttpReply reply = new HttpReply(response);
    Optional<String> grant = gateway.admitStream(arrival, reply);
    if (grant.isEmpty()) {
      return;
    }
    if (closed || !room.tryAcquire()) {
      refused.send(
          response,
          Status.SERVICE_UNAVAILABLE_503,
          ErrorCode.BAD_REQUEST,
          "too_many_streams",
          "Too many event streams are open.");
      return;
    }
    try (SseChannel channel = new SseChannel(reply.events());
        Conversation conversation = new Conversation(gateway, channel, arrival)) {
      String path = request.prologue().uriPath().rawPath();
      serve(path, new Connection(grant.get(), arrival.server(), channel, conversation));
    } finally {
      room.release();
    }
  }

  private void serve(String path, Connection connection) throws IOException, InterruptedException {
    byte[] secret = new byte[24];
    random.nextBytes(secret);
    String session = TEXT.encodeToString(secret);
    open.put(session, connection);
    try {
      // Without an origin: the client takes it to be the gateway's own, by whatever name it knows.
      connection.channel().endpoint(path + "?session=" + session);
      if (!closed) {
        connection.channel().awaitEnd(bounds.keepAlive());
      }
    } finally {
      open.remove(session);
    }
  }

  private void post(ServerRequest request, ServerResponse response) throws IOException {
    Arrival arrival = Incoming.ofOldClient(request, clock.instant());
    HttpReply reply = new HttpReply(response);
    Optional<String> grant = gateway.admitPost(arrival, reply);
    if (grant.isEmpty()) {
      return;
    }
    Optional<String> session = request.query().first("session").asOptional();
    if (session.isEmpty()) {
      refused.send(
          response,
          Status.BAD_REQUEST_400,
          ErrorCode.BAD_REQUEST,
          "no_session",
          "The session is missing: open the event stream with GET.");
      return;
    }
    Connection connection = open.get(session.get());
    if (connection == null || !connection.isOf(grant.get(), arrival.server())) {
      refused.send(
          response,
          Status.NOT_FOUND_404,
          ErrorCode.SESSION_NOT_FOUND,
          "unknown_session",
          "Session not found: open the event stream anew with GET.");
      return;
    }
    connection.conversation().take(arrival, reply);
  }

  /** Ends all streams, and with them their sessions. */
  @Override
  public void close() {
    closed = true;
    open.values().forEach(connection -> connection.channel().end());
  }
}
