package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.SseText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One client's session: bound to the grant and the server that it was opened with, and the client's
 * line to that server.
 */
public final class Session {
  /** A server may have this many requests open at its client; more than that is no conversation. */
  private static final int MOST_SERVER_REQUESTS = 1_000;

  /** A client that listens waits so long for the server's word whether there is a stream. */
  private static final Duration OFFER = Duration.ofSeconds(5);

  /** A client that is about to listen has so long before it is asked on a reply's stream. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final String id;
  private final String name;
  private final String grant;
  private final String server;
  private final Revision revision;
  private final Instant expires;
  private final ServerLine line;
  private final Unheard unheard;
  private final Detour detour;
  private final StandingStream standing;
  private final Map<MessageId, InFlight> inFlight = new ConcurrentHashMap<>();
  private final Set<MessageId> serverRequests = ConcurrentHashMap.newKeySet();
  private final Map<MessageId, Consumer<Message>> own = new ConcurrentHashMap<>();
  private final Set<MessageId> unanswered = ConcurrentHashMap.newKeySet();
  private final Set<EventStream> resumed = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean letGo = new AtomicBoolean();
  private volatile long lastUsedNanos = System.nanoTime();

  /**
   * A session.
   *
   * @param id the secret that the client shows
   * @param line makes the line, given whom it tells of what becomes of it
   */
  Session(
      String id,
      String grant,
      String server,
      Revision revision,
      Instant expires,
      StandingStream.Pauses pauses,
      Function<Session, ServerLine> line) {
    this.id = id;
    this.name = nameOf(id);
    this.grant = grant;
    this.server = server;
    this.revision = revision;
    this.expires = expires;
    this.unheard = new Unheard(server);
    this.line = line.apply(this);
    this.detour = new Detour(unheard, GRACE);
    this.standing = new StandingStream(server, this.line::standing, this::hear, pauses);
  }

  /** The secret that the client shows. */
  public String id() {
    return id;
  }

  /** What rules and records call it: tells sessions apart, and is good for nothing else. */
  public String name() {
    return name;
  }

  public String grant() {
    return grant;
  }

  public String server() {
    return server;
  }

  /** The protocol revision that client and server agreed on. */
  public Revision revision() {
    return revision;
  }

  /**
   * The line to the server, which is opened and replaced as it must be. A failure with {@link
   * Reason#SESSION_LOST} means that it cannot be: the session is over.
   */
  public UpstreamSession upstream() {
    return line;
  }

  /** Registers a request; empty if the client has one of that id open already. */
  public Optional<InFlight> begin(MessageId request) {
    InFlight begun = new InFlight(Thread.currentThread());
    return inFlight.putIfAbsent(request, begun) == null ? Optional.of(begun) : Optional.empty();
  }

  /** Ends a request, which its worker says; its id is free then. May be called again. */
  public void end(MessageId request, InFlight ended) {
    if (inFlight.remove(request, ended)) {
      ended.finish();
    }
    touch();
  }

  /** The client gave up on a request. */
  public void cancel(MessageId request) {
    InFlight found = inFlight.get(request);
    if (found != null) {
      found.cancel();
    }
  }

  /** A request of the server went to the client. False if it has too many open. */
  public boolean ask(MessageId serverRequest) {
    return serverRequests.size() < MOST_SERVER_REQUESTS && serverRequests.add(serverRequest);
  }

  /** The client answers a request of the server. False if there is none of that id. */
  public boolean answer(MessageId serverRequest) {
    return serverRequests.remove(serverRequest);
  }

  /**
   * The gateway itself asks the client.
   *
   * @param id that no request of the server has: unguessable
   * @param answer takes the client's response, which the server never sees
   */
  public void askOwn(MessageId id, Consumer<Message> answer) {
    own.put(id, answer);
  }

  /** Whether the gateway itself has asked that, and waits for the answer. */
  public boolean isOwn(MessageId id) {
    return own.containsKey(id);
  }

  /** Who takes the client's answer to what the gateway itself has asked; nobody a second time. */
  public Optional<Consumer<Message>> takeOwn(MessageId id) {
    return Optional.ofNullable(own.remove(id));
  }

  /** What the client can do for whoever asks it; an empty object if that is not known. */
  public JsonNode clientCapabilities() {
    return line.hello().map(Hello::capabilities).orElseGet(JsonNodeFactory.instance::objectNode);
  }

  /** The stream of a request broke off before its answer, which may come on another stream. */
  public void leaveUnanswered(MessageId request) {
    if (unanswered.size() < MOST_SERVER_REQUESTS) {
      unanswered.add(request);
    }
  }

  /** An answer came on a stream that is not its request's. False if none is expected there. */
  public boolean answeredLate(MessageId request) {
    return unanswered.remove(request);
  }

  /**
   * What the server says outside of calls, from what the client has not heard yet: until the client
   * listens again elsewhere, or the session is over. Empty if the server offers nothing of that
   * kind.
   *
   * @throws UpstreamException with {@link Reason#SESSION_LOST} if the session is over
   */
  public Optional<EventStream> listen() throws UpstreamException, InterruptedException {
    standing.open();
    return switch (standing.offer(OFFER)) {
      case GIVEN -> Optional.of(unheard.listen());
      case REFUSED -> Optional.empty();
      case OVER ->
          throw new UpstreamException(
              Reason.SESSION_LOST, false, 0, "the server does not know the session any more");
    };
  }

  /** The same, if the client does not listen yet. */
  public Optional<EventStream> listenIfNobodyDoes() {
    standing.open();
    return unheard.listenIfNobodyDoes().map(Function.identity());
  }

  /** A stream on which the client can be asked something. */
  @FunctionalInterface
  public interface Askable {
    /** Brings the client an event; false if it is gone. */
    boolean take(Event event) throws InterruptedException;
  }

  /** Lends the stream of a reply, on which the server may ask a client that does not listen. */
  public Loan lend(Askable reply) {
    detour.add(reply);
    return () -> detour.remove(reply);
  }

  /** Something lent. */
  public interface Loan extends AutoCloseable {
    @Override
    void close();
  }

  /** An event that {@link #listen} gave did not get to the client, which may come back for it. */
  public void giveBack(Event event) {
    forgetQuestion(event);
    unheard.giveBack(event);
  }

  /** A request of the server did not get to the client. */
  public void forgetQuestion(Event event) {
    if (event.data().length > 0) {
      ServerMessage.read(event.data()).flatMap(ServerMessage::id).ifPresent(serverRequests::remove);
    }
  }

  /**
   * A stream that goes on where the client lost one; closed with the session. Whoever gets it tells
   * {@link #resumedEnded}.
   *
   * @throws UpstreamException when the server does not go on there
   */
  public EventStream resume(String lastEventId) throws UpstreamException, InterruptedException {
    EventStream stream = line.listen(Optional.of(lastEventId));
    resumed.add(stream);
    return stream;
  }

  public void resumedEnded(EventStream stream) {
    resumed.remove(stream);
    stream.close();
  }

  /** Told of what becomes of the line. */
  ServerLine.Listener watch() {
    return new ServerLine.Listener() {
      @Override
      public void initialized() {
        standing.open();
      }

      @Override
      public void broken() {
        serverRequests.clear();
        unheard.forgetRequests();
        unanswered.forEach(id -> keep(noAnswer(id)));
      }

      @Override
      public void replaced() {
        standing.follow();
      }
    };
  }

  /** Takes what the server says on its stream. */
  private void hear(Event event) throws InterruptedException {
    unheard.add(event);
    detour.look();
  }

  /** Takes what the server says while nothing may wait. */
  void keep(Event event) {
    unheard.keep(event);
    detour.look();
  }

  private static Event noAnswer(MessageId request) {
    byte[] error =
        Errors.reply(
            Optional.of(request),
            ErrorCode.UPSTREAM_FAILED,
            "The server behind the gateway broke off before it answered.");
    return new Event(SseText.message(error), error);
  }

  Instant expires() {
    return expires;
  }

  /** The client is there. False if this was let go of, and another has to be taken up. */
  boolean touch() {
    synchronized (letGo) {
      if (letGo.get()) {
        return false;
      }
      lastUsedNanos = System.nanoTime();
    }
    standing.wake();
    return true;
  }

  /** Marks it as let go of, unless its client was there since. */
  boolean letGo(long idleSince) {
    synchronized (letGo) {
      return idleSince(idleSince) && letGo.compareAndSet(false, true);
    }
  }

  boolean idleSince(long nanos) {
    return inFlight.isEmpty()
        && !unheard.listening()
        && resumed.isEmpty()
        && lastUsedNanos - nanos < 0;
  }

  long idleNanos(long now) {
    return now - lastUsedNanos;
  }

  /** Nobody is there who would hear what the server says: does not hold it up. */
  void rest() {
    standing.rest();
  }

  /** Ends it, at the server too. */
  void close() {
    stop();
    line.close();
  }

  /** Lets go of it; it may be gone on with by another run of the gateway. */
  void leave() {
    stop();
    line.leave();
  }

  private void stop() {
    standing.close();
    unheard.end();
    resumed.forEach(EventStream::close);
    inFlight.values().forEach(InFlight::cancel);
  }

  private static String nameOf(String id) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
