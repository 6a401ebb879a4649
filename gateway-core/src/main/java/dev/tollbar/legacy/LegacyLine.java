package dev.tollbar.legacy;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A legacy session that the gateway itself holds: for all requests of one grant whose clients can
 * do the same. What the server says is sorted here to the calls and listeners that it is for.
 */
final class LegacyLine implements Farewell.Line {
  private static final Logger LOG = LoggerFactory.getLogger(LegacyLine.class);

  /** A server may leave its GET stream unanswered until it has something to say on it. */
  private static final Duration STREAM_PATIENCE = Duration.ofSeconds(1);

  private final UpstreamSession session;
  private final ServerSelf server;
  private final CarriedCapabilities capabilities;
  private final AtomicLong numbers;
  private final Map<MessageId, LegacyCall> calls = new ConcurrentHashMap<>();
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
  private final GetStream stream;
  private final LogDial logs = new LogDial(this);
  private final Subscriptions subscriptions = new Subscriptions(this);
  private volatile boolean closed;

  /**
   * A session that was initialised.
   *
   * @param numbers of its requests, from the next one on
   */
  LegacyLine(
      UpstreamSession session,
      ServerSelf server,
      CarriedCapabilities capabilities,
      AtomicLong numbers) {
    this.session = session;
    this.server = server;
    this.capabilities = capabilities;
    this.numbers = numbers;
    this.stream =
        new GetStream(
            session::listen,
            new GetStream.Reader() {
              @Override
              public void heard(Message message, Optional<LegacyCall> call)
                  throws InterruptedException {
                sort(message, call, false);
              }

              @Override
              public void lost(UpstreamException why) {
                listeners.forEach(listener -> listener.fail(why));
              }
            });
  }

  UpstreamSession session() {
    return session;
  }

  ServerSelf server() {
    return server;
  }

  CarriedCapabilities capabilities() {
    return capabilities;
  }

  GetStream stream() {
    return stream;
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  boolean alive() {
    return !closed && session.alive();
  }

  /** Whether a call is in flight or kept, or somebody listens. */
  boolean busy() {
    return !calls.isEmpty() || !listeners.isEmpty();
  }

  // --- what goes to the server

  /** Sends a client's request. */
  LegacyCall begin(CarriedRequest request) throws UpstreamException, InterruptedException {
    Optional<LogLevel> level = request.level().filter(_ -> server.has("logging"));
    if (capabilities.any() && request.mayAsk()) {
      // Some servers ask there whatever they are asked for; sent before it is open it is lost.
      stream.open(STREAM_PATIENCE);
    }
    if (level.isPresent()) {
      logs.add(level.get());
    }
    long number = numbers.incrementAndGet();
    UpstreamMessage message = request.upstream(MessageId.number(number), server.revision());
    return begun(new LegacyCall(this, number, message, request.mayAsk(), level));
  }

  private LegacyCall begun(LegacyCall call) {
    calls.put(call.id(), call);
    call.start();
    return call;
  }

  /**
   * A request of the gateway itself.
   *
   * @param params JSON text
   */
  Message request(String method, String params) throws UpstreamException, InterruptedException {
    long number = numbers.incrementAndGet();
    MessageId id = MessageId.number(number);
    String text =
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":%s,\"params\":%s}"
            .formatted(id.json(), JsonText.quote(method), params);
    UpstreamMessage message = message(text, Kind.REQUEST, method, Optional.of(id));
    LegacyCall call = begun(new LegacyCall(this, number, message, false, Optional.empty()));
    try {
      while (true) {
        switch (call.queue().take()) {
          case CallEvent.Answered answered -> {
            return answered.response();
          }
          case CallEvent.Failed failed -> throw failed.why();
          case CallEvent.Said _, CallEvent.Asked _ -> {}
        }
      }
    } finally {
      call.cancel();
    }
  }

  /** The client does not want a call any more. */
  void cancelled(MessageId call) {
    tell("notifications/cancelled", "{\"requestId\":" + call.json() + "}");
  }

  private void tell(String method, String params) {
    String text =
        "{\"jsonrpc\":\"2.0\",\"method\":" + JsonText.quote(method) + ",\"params\":" + params + "}";
    sendQuietly(message(text, Kind.NOTIFICATION, method, Optional.empty()));
  }

  /**
   * Answers a request of the server.
   *
   * @param member the result or the error
   */
  void respond(MessageId id, String member) throws UpstreamException, InterruptedException {
    String text = "{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + "," + member + "}";
    session.send(message(text, Kind.RESPONSE, "", Optional.of(id))).close();
  }

  void refuse(MessageId id, int code, String why) {
    String text = new String(Errors.reply(Optional.of(id), code, why), StandardCharsets.UTF_8);
    sendQuietly(message(text, Kind.RESPONSE, "", Optional.of(id)));
  }

  private UpstreamMessage message(String text, Kind kind, String method, Optional<MessageId> id) {
    return new UpstreamMessage(
        text.getBytes(StandardCharsets.UTF_8),
        kind,
        method,
        id,
        Optional.empty(),
        Optional.of(server.revision().text()));
  }

  private void sendQuietly(UpstreamMessage message) {
    try {
      session.send(message).close();
    } catch (UpstreamException e) {
      LOG.debug("a message did not reach the server: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void ended(LegacyCall call) {
    calls.remove(call.id(), call);
    call.level().ifPresent(logs::remove);
  }

  // --- who listens

  /** Whether the server has a stream for what belongs to no call. */
  boolean offersStream() throws InterruptedException {
    return stream.open(STREAM_PATIENCE);
  }

  void add(Listener listener) {
    listeners.add(listener);
  }

  void remove(Listener listener) {
    listeners.remove(listener);
  }

  // --- what comes from the server

  /**
   * Gives a message of the server to whom it is for.
   *
   * @param on the call on whose stream it came
   * @param patient whether to wait while that call's client is slow
   */
  void sort(Message message, Optional<LegacyCall> on, boolean patient) throws InterruptedException {
    switch (message.kind()) {
      case RESPONSE -> message.id().map(calls::get).ifPresent(call -> call.answered(message));
      case REQUEST -> asked(message, on);
      case NOTIFICATION -> said(message, on, patient);
    }
  }

  private void asked(Message message, Optional<LegacyCall> on) throws InterruptedException {
    MessageId id = message.id().orElseThrow();
    if (message.method().equals("ping")) {
      sendQuietly(
          message(
              "{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + ",\"result\":{}}",
              Kind.RESPONSE,
              "",
              Optional.of(id)));
      return;
    }
    if (Methods.door(Direction.SERVER_REQUEST, server.revision(), message.method()).isEmpty()) {
      refuse(id, ErrorCode.METHOD_NOT_FOUND, "The gateway does not know this method.");
      return;
    }
    Optional<CarriedCapabilities.Refusal> problem =
        capabilities.problem(message.method(), message.params());
    if (problem.isPresent()) {
      refuse(id, problem.get().code(), problem.get().why());
      return;
    }
    Optional<LegacyCall> call = on.filter(LegacyCall::mayAsk).or(this::youngestThatMayAsk);
    Question question = Question.of(message);
    if (call.isEmpty() || !call.get().asked(question)) {
      refuse(id, ErrorCode.INVALID_REQUEST, "There is no request to ask the client about.");
    }
  }

  private Optional<LegacyCall> youngestThatMayAsk() {
    return calls.values().stream()
        .filter(LegacyCall::mayAsk)
        .max(Comparator.comparingLong(LegacyCall::number));
  }

  private void said(Message message, Optional<LegacyCall> on, boolean patient)
      throws InterruptedException {
    switch (message.method()) {
      case "notifications/progress" -> {
        Optional<LegacyCall> call = message.token("progressToken").map(calls::get);
        if (call.isPresent()) {
          call.get().said(message, patient && call.equals(on));
        }
      }
      case "notifications/message" -> {
        Optional<LegacyCall> call = on.or(this::onlyCall);
        if (call.isPresent()) {
          call.get().said(message, patient && call.equals(on));
        }
      }
      case "notifications/cancelled" ->
          message
              .token("requestId")
              .ifPresent(question -> calls.values().forEach(call -> call.withdrawn(question)));
      default -> listeners.forEach(listener -> listener.heard(message));
    }
  }

  /** Log messages that came on no call's stream are for none, unless there is just one. */
  private Optional<LegacyCall> onlyCall() {
    List<LegacyCall> logging =
        calls.values().stream().filter(call -> call.level().isPresent()).limit(2).toList();
    return logging.size() == 1 && calls.size() == 1
        ? Optional.of(logging.getFirst())
        : Optional.empty();
  }

  /** Ends it whatever is in flight. */
  @Override
  public void close() {
    closed = true;
    stream.close();
    UpstreamException over =
        new UpstreamException(Reason.SESSION_LOST, true, 0, "the session was closed");
    listeners.forEach(listener -> listener.fail(over));
    calls.values().forEach(call -> call.fail(over));
    session.close();
  }

  /** Tells all listeners that there is nothing more to hear, as the gateway wants it. */
  void finishListeners() {
    listeners.forEach(Listener::finish);
  }
}
