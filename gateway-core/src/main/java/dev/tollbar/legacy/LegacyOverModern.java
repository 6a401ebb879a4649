package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.Replies;
import dev.tollbar.protocol.StrictParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The line of one legacy client to a server that speaks 2026-07-28 only, where there is no
 * handshake, no session and no request of the server: what the client says once is said anew with
 * every request, and what the server wants to know becomes requests to the client. Keeps nothing at
 * the server but a stream of notifications.
 *
 * <p>What cannot be carried: tasks, changes of the client's roots, progress and cancellation of
 * what the server asked, log messages outside of requests.
 */
public final class LegacyOverModern implements UpstreamSession {
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Set<Door> NOT_CARRIED = Set.of(Door.TASK, Door.LIST_TASKS);
  private static final Set<String> LOG_LEVELS =
      Set.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

  private final String server;
  private final ModernLine line;
  private final ModernTools tools = new ModernTools();
  private final Watches watches;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong questions = new AtomicLong();
  private final Map<MessageId, BridgedCall> calls = new ConcurrentHashMap<>();
  private final Map<MessageId, BridgedCall> asked = new ConcurrentHashMap<>();
  private volatile Optional<Greeted> greeted = Optional.empty();
  private volatile boolean closed;

  /** What both sides said in the handshake. */
  private record Greeted(ClientProfile client, Discovery server) {}

  /**
   * A line that begins with the client's handshake.
   *
   * @param server what the server is called here
   * @param line to the server, which others use as well
   */
  public LegacyOverModern(String server, ModernLine line) {
    this(server, line, SHORTEST_PAUSE, LONGEST_PAUSE);
  }

  LegacyOverModern(String server, ModernLine line, Duration shortest, Duration longest) {
    this.server = server;
    this.line = line;
    this.watches = new Watches(this::watch, tools::forget, shortest, longest);
  }

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    if (closed) {
      throw failure(Reason.SESSION_LOST, "this session is closed");
    }
    Message read = read(message);
    return switch (read.kind()) {
      case REQUEST -> request(read, read.id().orElseThrow());
      case NOTIFICATION -> {
        if (read.method().equals("notifications/cancelled")) {
          read.token("requestId").map(calls::get).ifPresent(BridgedCall::cancel);
        }
        yield new UpstreamReply.Accepted();
      }
      case RESPONSE -> {
        MessageId question = read.id().orElseThrow();
        Optional.ofNullable(asked.remove(question)).ifPresent(call -> call.answer(question, read));
        yield new UpstreamReply.Accepted();
      }
    };
  }

  private static Message read(UpstreamMessage message) throws UpstreamException {
    try {
      return StrictParser.parse(message.bytes());
    } catch (MalformedMessageException e) {
      throw failure(Reason.REFUSED, "the message cannot be read: " + e.getMessage());
    }
  }

  private UpstreamReply request(Message request, MessageId id)
      throws UpstreamException, InterruptedException {
    if (request.method().equals("initialize")) {
      return initialize(request, id);
    }
    Greeted both =
        greeted.orElseThrow(() -> failure(Reason.REFUSED, "the session begins with initialize"));
    return switch (request.method()) {
      case "ping" -> done(id);
      case "logging/setLevel" -> setLevel(request, id, both);
      case "resources/subscribe" -> subscription(request, id, both, true);
      case "resources/unsubscribe" -> subscription(request, id, both, false);
      default -> isCarried(request.method()) ? call(request, id, both) : unknown(id);
    };
  }

  /** What both eras have, and in one form. */
  private static boolean isCarried(String method) {
    return Methods.door(Direction.CLIENT_REQUEST, ClientProfile.SPOKEN, method)
        .filter(door -> !NOT_CARRIED.contains(door))
        .isPresent();
  }

  private UpstreamReply initialize(Message request, MessageId id)
      throws UpstreamException, InterruptedException {
    ClientProfile client = ClientProfile.of(request);
    MessageId own = requestId();
    UpstreamReply reply =
        line.open().send(SplicedRequest.own(own, "server/discover", "{}", client));
    OneMessage whole = WholeReply.bytes(reply, own);
    Discovery found =
        Discovery.of(ModernResponse.read(whole.bytes(), whole.status(), own), whole.status());
    watches.offered(Watched.of(found));
    greeted = Optional.of(new Greeted(client, found));
    return new OneMessage(found.handshake(id, client, server));
  }

  private UpstreamReply call(Message request, MessageId id, Greeted both)
      throws UpstreamException, InterruptedException {
    BridgedCall call = new BridgedCall(request, both.client(), new Shared(id));
    calls.put(id, call);
    boolean begun = false;
    try {
      UpstreamReply reply = call.begin();
      begun = true;
      return reply;
    } finally {
      if (!begun) {
        call.close();
      }
    }
  }

  private UpstreamReply setLevel(Message request, MessageId id, Greeted both) {
    if (!both.server().hasLogs()) {
      return unknown(id);
    }
    Optional<String> level = request.text("level").filter(LOG_LEVELS::contains);
    if (level.isEmpty()) {
      return error(id, ErrorCode.INVALID_PARAMS, "Member \"params.level\" must be a log level.");
    }
    greeted = Optional.of(new Greeted(both.client().withLogLevel(level.get()), both.server()));
    return done(id);
  }

  private UpstreamReply subscription(Message request, MessageId id, Greeted both, boolean wanted)
      throws UpstreamException, InterruptedException {
    if (!both.server().tellsOfResources()) {
      return unknown(id);
    }
    Optional<String> uri = request.text("uri");
    if (uri.isEmpty()) {
      return error(id, ErrorCode.INVALID_PARAMS, "Member \"params.uri\" must be a string.");
    }
    try {
      if (!wanted) {
        watches.unsubscribe(uri.get());
      } else if (!watches.subscribe(uri.get())) {
        return error(
            id, ErrorCode.INVALID_PARAMS, "The server does not tell of changes of this resource.");
      }
      return done(id);
    } catch (Watch.RefusedException e) {
      return new OneMessage(LegacyResponse.of(e.failure(), request));
    }
  }

  private Watch watch(Watched watched)
      throws UpstreamException, Watch.RefusedException, InterruptedException {
    ClientProfile client = greeted.orElseThrow().client();
    MessageId own = requestId();
    UpstreamReply reply =
        line.open().send(SplicedRequest.own(own, "subscriptions/listen", watched.params(), client));
    return Watch.begin(reply, own);
  }

  @Override
  public EventStream listen(Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    if (closed) {
      throw failure(Reason.SESSION_LOST, "this session is closed");
    }
    boolean tells =
        greeted
            .map(Greeted::server)
            .filter(it -> it.tellsOfResources() || !Watched.of(it).isNothing())
            .isPresent();
    if (!tells) {
      throw new UpstreamException(
          Reason.REFUSED, false, 405, "the server has nothing to tell outside of requests");
    }
    try {
      return watches.listen();
    } catch (Watch.RefusedException e) {
      throw new UpstreamException(Reason.REFUSED, true, 405, String.valueOf(e.getMessage()));
    }
  }

  private MessageId requestId() {
    return MessageId.text("tollbar-" + requests.incrementAndGet());
  }

  private static UpstreamReply done(MessageId id) {
    return new OneMessage(Replies.empty(id));
  }

  private static UpstreamReply unknown(MessageId id) {
    return error(
        id, ErrorCode.METHOD_NOT_FOUND, "The server behind the gateway does not have this method.");
  }

  private static UpstreamReply error(MessageId id, int code, String text) {
    return new OneMessage(Errors.reply(Optional.of(id), code, text));
  }

  private static UpstreamException failure(Reason reason, String what) {
    return new UpstreamException(reason, false, 0, what);
  }

  /** The server's line is shared, and may be opened anew. */
  @Override
  public boolean alive() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
    watches.close();
    calls.values().forEach(BridgedCall::close);
  }

  /** What a call uses of this session. */
  private final class Shared implements BridgedCall.Bridge {
    private final MessageId id;

    Shared(MessageId id) {
      this.id = id;
    }

    @Override
    public UpstreamReply send(UpstreamMessage message)
        throws UpstreamException, InterruptedException {
      return line.open().send(message);
    }

    @Override
    public ModernTools tools() {
      return tools;
    }

    @Override
    public MessageId requestId() {
      return LegacyOverModern.this.requestId();
    }

    @Override
    public MessageId questionId() {
      return MessageId.number(questions.incrementAndGet());
    }

    @Override
    public void waits(BridgedCall call, List<MessageId> ids) {
      ids.forEach(question -> asked.put(question, call));
    }

    @Override
    public void answered(BridgedCall call) {
      asked.values().removeIf(call::equals);
    }

    @Override
    public void over(BridgedCall call) {
      calls.remove(id, call);
      answered(call);
    }
  }
}
