package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.legacy.KeptCalls.Rest;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Members;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import dev.tollbar.protocol.Target;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The line of one grant's modern clients to a server that speaks a legacy revision only. Requests
 * that stand alone go over sessions that the gateway holds; what the server asks inside of a call
 * becomes {@code input_required}, and the call stays open until the client comes back with the
 * answer. All clients of the grant share it, so their ids and tokens may be equal. Sources: MCP
 * 2025-11-25 and 2026-07-28, basic.
 */
public final class ModernOverLegacy implements UpstreamSession, WaitingLine, Farewell.Line {
  private static final int NOT_FOUND = 404;

  private final LegacyLines lines;
  private final KeptCalls kept;
  private volatile boolean closed;

  /**
   * A line. Nothing is opened before the first request.
   *
   * @param version of the gateway, as the server is told
   * @param random for {@code requestState}
   * @param refused is told when the server refuses to be initialised
   */
  public ModernOverLegacy(
      UpstreamTransport transport,
      String version,
      SecureRandom random,
      InstantSource clock,
      Runnable refused) {
    this.lines = new LegacyLines(transport, new SessionOpening(version, refused), clock);
    this.kept = new KeptCalls(random, clock);
  }

  /**
   * {@inheritDoc}
   *
   * <p>An interrupt while a request waits, or closing its events early, cancels it at the server.
   * Notifications and responses are for nobody: modern clients have none that a legacy server could
   * be told.
   */
  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    return switch (message.kind()) {
      case REQUEST -> request(message);
      case NOTIFICATION, RESPONSE -> new UpstreamReply.Accepted();
    };
  }

  private UpstreamReply request(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    sweep();
    try {
      CarriedRequest request = CarriedRequest.of(StrictParser.parse(message.bytes()));
      Optional<Output> problem = request.problem();
      return problem.isPresent() ? problem.get().single() : answer(request);
    } catch (UpstreamException e) {
      throw e.reason() == Reason.SESSION_LOST ? broken(e) : e;
    } catch (MalformedMessageException e) {
      return message
          .id()
          .map(id -> Output.malformed(id, e).single())
          .orElseThrow(
              () -> new UpstreamException(Reason.REFUSED, false, 0, "a request without an id"));
    }
  }

  /** The client has no session that it could have lost. */
  private static UpstreamException broken(UpstreamException e) {
    return new UpstreamException(Reason.BROKEN, e.delivered(), 0, String.valueOf(e.getMessage()));
  }

  private UpstreamReply answer(CarriedRequest request)
      throws UpstreamException, InterruptedException, MalformedMessageException {
    Optional<Door> door =
        Methods.door(Direction.CLIENT_REQUEST, Revision.V2026_07_28, request.method());
    if (door.isEmpty()) {
      return Output.unknownMethod(request.id()).single();
    }
    return switch (door.get()) {
      case DISCOVER -> served(request, line -> line.server().discovered(request.id()).single());
      case LISTEN -> {
        Target.listen(request.message()); // its params are what they must be
        yield served(request, line -> Listener.open(request, line));
      }
      // Tasks of the legacy revisions are others than those of the extension.
      case TASK, LIST_TASKS -> Output.unknownMethod(request.id()).single();
      default ->
          request.mayAsk() && request.message().params().has("requestState")
              ? retry(request)
              : call(request);
    };
  }

  private UpstreamReply call(CarriedRequest request)
      throws UpstreamException, InterruptedException {
    return served(request, line -> new Round(line.begin(request), request, kept).reply());
  }

  /**
   * Does what a request needs. Where the session turns out to be lost, and the request provably not
   * executed, that is done once more on a new one.
   */
  private UpstreamReply served(CarriedRequest request, LegacyLines.Use<UpstreamReply> use)
      throws UpstreamException, InterruptedException {
    CarriedCapabilities capabilities = CarriedCapabilities.of(request.meta().clientCapabilities());
    AtomicBoolean begun = new AtomicBoolean();
    try {
      return lines.use(
          capabilities,
          line -> {
            begun.set(true);
            return use.with(line);
          });
    } catch (UpstreamException e) {
      if (!begun.get() || closed || !isLost(e)) {
        throw e;
      }
      return lines.use(capabilities, use);
    }
  }

  /** Whether the session is gone that the request was for, and nothing was done for it. */
  private static boolean isLost(UpstreamException e) {
    boolean unknown = e.reason() == Reason.SESSION_LOST && e.status() == NOT_FOUND;
    boolean gone = e.reason() == Reason.SESSION_LOST || e.reason() == Reason.BROKEN;
    return unknown || (gone && !e.delivered());
  }

  /** The client comes back with what it was asked for. */
  private UpstreamReply retry(CarriedRequest request)
      throws UpstreamException, InterruptedException {
    Optional<Rest> rest =
        request.message().text("requestState").flatMap(it -> kept.take(it, request.binding()));
    if (rest.isEmpty()) {
      return Output.error(
              request.id(),
              ErrorCode.INVALID_PARAMS,
              "Invalid or expired requestState",
              Optional.of("{\"reason\":\"invalid_request_state\"}"))
          .single();
    }
    Map<String, String> responses = Members.of(request.message(), "params.inputResponses");
    return switch (rest.get()) {
      case Rest.Open open -> goOn(open, responses, request);
      case Rest.Refused refused -> callAnew(refused, responses, request);
    };
  }

  private UpstreamReply goOn(Rest.Open open, Map<String, String> responses, CarriedRequest request)
      throws UpstreamException, InterruptedException {
    LegacyCall call = open.call();
    boolean complete =
        open.asked().entrySet().stream()
            .filter(each -> call.awaits(each.getValue()))
            .allMatch(each -> isObject(responses.get(each.getKey())));
    if (!complete) {
      return Round.ask(open, request, kept).single();
    }
    boolean answered = false;
    try {
      for (var each : open.asked().entrySet()) {
        String response = responses.get(each.getKey());
        if (response != null) {
          call.answer(each.getValue(), response);
        }
      }
      answered = true;
    } finally {
      if (!answered) {
        call.cancel();
      }
    }
    return new Round(call, request, kept).reply();
  }

  private UpstreamReply callAnew(
      Rest.Refused refused, Map<String, String> responses, CarriedRequest request)
      throws UpstreamException, InterruptedException {
    if (!refused.asked().keySet().stream().allMatch(key -> isObject(responses.get(key)))) {
      return Round.ask(refused, request, kept).single();
    }
    return UrlVisits.declined(request.message().params().path("inputResponses"))
        ? UrlVisits.refused(refused.error(), request).single()
        : call(request);
  }

  private static boolean isObject(@Nullable String json) {
    return json != null && json.startsWith("{");
  }

  @Override
  public void withdraw(String requestState) {
    kept.withdraw(requestState);
  }

  /** Frees what nobody used for long; to be called now and then. */
  public void sweep() {
    kept.sweep();
    lines.sweep();
  }

  /** There is none since MCP 2026-07-28: {@code subscriptions/listen} is a request. */
  @Override
  public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
    throw new UpstreamException(Reason.REFUSED, false, 405, "there is no such stream");
  }

  @Override
  public boolean alive() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
    kept.close();
    lines.close();
  }
}
