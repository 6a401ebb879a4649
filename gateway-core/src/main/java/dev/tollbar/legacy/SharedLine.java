package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.StrictParser;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel to a modern server, such as the pipe to its process, for all clients of a grant:
 * every request gets an id and a progress token of its own there, and what comes back has the
 * client's again. What the server says is told apart by them (MCP 2026-07-28, basic/transports,
 * "stdio"). Closing a reply early, or an interrupt while it is waited for, cancels the request.
 */
final class SharedLine implements UpstreamSession, Farewell.Line {
  private static final Logger LOG = LoggerFactory.getLogger(SharedLine.class);
  private static final String SUBSCRIPTION = "params._meta." + MetaKeys.SUBSCRIPTION_ID;

  private final UpstreamSession session;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<MessageId, SharedCall> calls = new ConcurrentHashMap<>();

  /** A line that owns the session from then on. */
  SharedLine(UpstreamSession session) {
    this.session = session;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Notifications and responses are for nobody: clients cancel by closing, and modern servers
   * ask nothing.
   */
  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    if (message.kind() != Kind.REQUEST) {
      return new UpstreamReply.Accepted();
    }
    Message request;
    try {
      request = StrictParser.parse(message.bytes());
    } catch (MalformedMessageException e) {
      throw new UpstreamException(Reason.REFUSED, false, 0, String.valueOf(e.getMessage()));
    }
    MessageId id = MessageId.number(numbers.incrementAndGet());
    Splice splice = new Splice(request.bytes()).put(request.idRange().orElseThrow(), id.json());
    Optional<Range> token = request.progressTokenRange();
    token.ifPresent(range -> splice.put(range, id.json()));
    UpstreamMessage own =
        new UpstreamMessage(
            splice.bytes(),
            Kind.REQUEST,
            message.method(),
            Optional.of(id),
            token.map(_ -> id),
            message.protocolRevision(),
            message.headers());
    SharedCall call = new SharedCall(this, own, request);
    calls.put(id, call);
    return call.begin();
  }

  UpstreamSession session() {
    return session;
  }

  void ended(SharedCall call) {
    calls.remove(call.id(), call);
  }

  /** Tells the server that nobody waits for a request any more. */
  void cancelled(SharedCall call) {
    String text =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%s}}"
            .formatted(call.id().json());
    try {
      session
          .send(
              new UpstreamMessage(
                  text.getBytes(StandardCharsets.UTF_8),
                  Kind.NOTIFICATION,
                  "notifications/cancelled",
                  Optional.empty(),
                  Optional.empty(),
                  call.revision()))
          .close();
    } catch (UpstreamException e) {
      LOG.debug("a cancellation did not reach the server: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives a message of the server to whom it is for. What names nobody is for the call on whose
   * reply the transport has brought it.
   */
  void sort(Message message, SharedCall on) throws InterruptedException {
    switch (message.kind()) {
      case RESPONSE -> message.id().map(calls::get).ifPresent(call -> call.answered(message));
      case REQUEST -> LOG.warn("dropped a request of a server, which since 2026-07-28 has none");
      case NOTIFICATION -> {
        Optional<MessageId> named = named(message);
        SharedCall call = named.isPresent() ? calls.get(named.get()) : on;
        if (call != null) {
          call.said(message, call.equals(on));
        }
      }
    }
  }

  private static Optional<MessageId> named(Message notification) {
    return Optional.ofNullable(notification.params().path("_meta").get(MetaKeys.SUBSCRIPTION_ID))
        .flatMap(MessageId::of)
        .or(() -> notification.token("progressToken"))
        .or(() -> notification.token("requestId"));
  }

  /** A message of the server as the client of a request expects it. */
  static byte[] forClient(Message message, Message request) {
    String id = request.id().orElseThrow().json();
    Splice splice = new Splice(message.bytes());
    if (message.kind() == Kind.RESPONSE) {
      splice.put(message.idRange().orElseThrow(), id);
      message
          .range("result._meta." + MetaKeys.SUBSCRIPTION_ID)
          .ifPresent(range -> splice.put(range, id));
      return splice.bytes();
    }
    message.range(SUBSCRIPTION).ifPresent(range -> splice.put(range, id));
    message.range("params.requestId").ifPresent(range -> splice.put(range, id));
    Optional<MessageId> token = request.progressToken();
    message
        .range("params.progressToken")
        .ifPresent(range -> splice.put(range, token.map(MessageId::json).orElse("0")));
    return splice.bytes();
  }

  /** There is none since MCP 2026-07-28: {@code subscriptions/listen} is a request. */
  @Override
  public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
    throw new UpstreamException(Reason.REFUSED, false, 405, "there is no such stream");
  }

  @Override
  public boolean alive() {
    return session.alive();
  }

  @Override
  public void close() {
    session.close();
  }
}
