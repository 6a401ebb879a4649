package dev.tollbar.transport.http;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One client's session with the server. The session id is the server's own, never the client's. */
final class StreamableHttpSession implements UpstreamSession {
  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final byte[] NO_BODY = {};
  private static final String LISTEN = "subscriptions/listen";
  private static final String FIRST_WITHOUT_SESSIONS = "2026-07-28";
  private static final int MOST_TOKEN = 1_024;

  private final StreamableHttpConfig config;
  private final RequestHeaders headers;
  private final Connections connections;
  private final Connections streams;
  private final LastContact lastContact;
  private final Consumer<StreamableHttpSession> whenClosed;
  private final Duration firstByte;
  private final Duration idle;
  private final InFlight inFlight;
  private final AtomicReference<@Nullable EventStream> listening = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final PostHeads postHeads;
  private volatile Optional<String> sessionId;
  private volatile boolean begun;
  private volatile boolean lost;

  /**
   * A session to begin, or to go on with.
   *
   * @param token of the session to go on with, as {@link #resumeToken} gave it
   */
  StreamableHttpSession(
      StreamableHttpConfig config,
      Duration timeout,
      RequestHeaders headers,
      Connections connections,
      Connections streams,
      LastContact lastContact,
      Optional<String> token,
      Consumer<StreamableHttpSession> whenClosed) {
    this.config = config;
    this.headers = headers;
    this.connections = connections;
    this.streams = streams;
    this.lastContact = lastContact;
    this.whenClosed = whenClosed;
    firstByte = config.firstByteTimeout().orElse(timeout);
    idle = config.idleTimeout().orElse(timeout);
    inFlight = new InFlight(idle);
    begun = token.isPresent();
    sessionId = token.filter(id -> !id.isEmpty());
    postHeads = new PostHeads(headers, sessionId);
  }

  /** Whether a text can be a {@link #resumeToken}. */
  static boolean isToken(String token) {
    return token.isEmpty() || (token.length() <= MOST_TOKEN && Ascii.isVisible(token));
  }

  /** The session id; no characters where the server gives none and so knows whoever comes. */
  @Override
  public Optional<String> resumeToken() {
    return begun && alive()
        ? Optional.of(sessionId.orElse("")).filter(StreamableHttpSession::isToken)
        : Optional.empty();
  }

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    byte[] head = postHeads.head(sessionId, message);
    Connections pool = message.method().equals(LISTEN) ? streams : connections;
    Exchange exchange = begin(pool, head, message.bytes());
    boolean done = false;
    try {
      UpstreamReply reply = reply(message, exchange);
      if (message.kind() == Kind.RESPONSE) {
        message.id().ifPresent(inFlight::answered);
      }
      done = true;
      return reply;
    } catch (IOException e) {
      UpstreamException failure = exchange.failure(e);
      lastContact.failed(failure);
      throw failure;
    } finally {
      if (!done) {
        exchange.close();
      }
    }
  }

  private Exchange begin(Connections pool, byte[] head, byte[] body)
      throws UpstreamException, InterruptedException {
    if (lost) {
      throw new UpstreamException(
          Reason.SESSION_LOST, false, 0, "the server has ended this session");
    }
    if (closed.get()) {
      throw new UpstreamException(Reason.SESSION_LOST, false, 0, "this session is closed");
    }
    try {
      Exchange exchange =
          Exchange.begin(pool, inFlight, head, body, firstByte, config.maxHeaderBytes());
      lastContact.answered(exchange.head().status());
      return exchange;
    } catch (UpstreamException e) {
      lastContact.failed(e);
      throw e;
    }
  }

  private UpstreamReply reply(UpstreamMessage message, Exchange exchange)
      throws UpstreamException, IOException {
    ReplyHead head = exchange.head();
    if (head.status() == 404 && sessionId.isPresent()) {
      throw sessionLost(404);
    }
    if (message.kind() != Kind.REQUEST) {
      return Receipt.accepted(exchange, idle, config.maxHeaderBytes());
    }
    if (message.method().equals("initialize") && head.ok()) {
      sessionId = head.session();
      begun = true;
    }
    if (head.json() && head.status() != 202 && head.status() != 204 && head.status() / 100 != 3) {
      return message(exchange);
    }
    if (head.eventStream() && head.status() == 200) {
      // Subscriptions have something to say only when something happens.
      boolean patient = message.method().equals(LISTEN);
      return events(exchange, patient ? Optional.empty() : Optional.of(idle), isLegacy(message));
    }
    throw Receipt.unusable(head);
  }

  private UpstreamReply message(Exchange exchange) throws UpstreamException, IOException {
    ReplyHead head = exchange.head();
    ReplyBody body = new ReplyBody(exchange, Optional.of(idle), config.maxReplyBytes());
    if (head.status() != 400 || sessionId.isEmpty()) {
      return new HttpMessage(head, body);
    }
    byte[] start = body.readNBytes(ForgottenSession.MOST_BYTES);
    if (ForgottenSession.isToldBy(start)) {
      throw sessionLost(400);
    }
    return new HttpMessage(head, new SequenceInputStream(new ByteArrayInputStream(start), body));
  }

  private static boolean isLegacy(UpstreamMessage message) {
    return message
        .protocolRevision()
        .filter(r -> r.compareTo(FIRST_WITHOUT_SESSIONS) >= 0)
        .isEmpty();
  }

  private HttpEvents events(Exchange exchange, Optional<Duration> patience, boolean legacy)
      throws IOException {
    ReplyBody body = new ReplyBody(exchange, patience, Long.MAX_VALUE);
    return legacy
        ? HttpEvents.ofSession(exchange, body, inFlight)
        : HttpEvents.ofRequest(exchange, body);
  }

  private UpstreamException sessionLost(int status) {
    lost = true;
    return new UpstreamException(
        Reason.SESSION_LOST, true, status, "the server does not know the session any more");
  }

  @Override
  public EventStream listen(Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    PostHeads.checkVisible("event id", lastEventId);
    byte[] head = headers.get(sessionId, postHeads.revision(), lastEventId);
    Exchange exchange = begin(streams, head, NO_BODY);
    boolean done = false;
    try {
      ReplyHead reply = exchange.head();
      if (reply.status() == 404 && sessionId.isPresent()) {
        throw sessionLost(404);
      }
      if (reply.status() != 200 || !reply.eventStream()) {
        throw Receipt.unusable(reply);
      }
      EventStream stream = events(exchange, Optional.empty(), true);
      if (lastEventId.isEmpty()) {
        EventStream previous = listening.getAndSet(stream);
        if (previous != null) {
          previous.close();
        }
      }
      done = true;
      return stream;
    } catch (IOException e) {
      throw exchange.failure(e);
    } finally {
      if (!done) {
        exchange.close();
      }
    }
  }

  @Override
  public boolean alive() {
    return !closed.get() && !lost;
  }

  /** Ends what is on its way, and says nothing to the server. */
  boolean leave() {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    whenClosed.accept(this);
    inFlight.closeAll();
    return true;
  }

  /** Ends what is on its way and tells the server, which has two seconds to take note. */
  @Override
  public void close() {
    if (!leave()) {
      return;
    }
    Optional<String> id = sessionId;
    if (id.isEmpty() || lost) {
      return;
    }
    byte[] head = headers.delete(id.get(), postHeads.revision());
    InFlight own = new InFlight(FAREWELL);
    try (Exchange exchange =
            Exchange.begin(connections, own, head, NO_BODY, FAREWELL, config.maxHeaderBytes());
        ReplyBody body = new ReplyBody(exchange, Optional.of(FAREWELL), config.maxHeaderBytes())) {
      body.skip(Long.MAX_VALUE);
    } catch (UpstreamException | IOException e) {
      // The server will find out by itself that nobody comes back.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
