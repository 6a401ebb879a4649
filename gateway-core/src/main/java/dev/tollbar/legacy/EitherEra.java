package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.StrictParser;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The line of one legacy client to a server of either era: the client's handshake decides. A server
 * that refuses it as only a modern one does, and says that it is one, is bridged to; any other
 * answer is the client's own affair. Source: MCP 2026-07-28, basic/versioning, "backward
 * compatibility".
 */
public final class EitherEra implements UpstreamSession {
  private static final Set<Integer> MODERN_REFUSALS =
      Set.of(
          ErrorCode.METHOD_NOT_FOUND,
          ErrorCode.INVALID_PARAMS,
          ErrorCode.HEADER_MISMATCH,
          ErrorCode.MISSING_CAPABILITY,
          ErrorCode.UNSUPPORTED_REVISION);

  /** Not permitted, or not now: says nothing of an era. */
  private static final Set<Integer> UNDECIDED = Set.of(401, 403, 407, 408, 425, 429);

  private final UpstreamSession legacy;
  private final OwnLine own;
  private final LegacyOverModern modern;
  private volatile UpstreamSession chosen;

  private EitherEra(UpstreamSession legacy, OwnLine own, LegacyOverModern modern) {
    this.legacy = legacy;
    this.own = own;
    this.modern = modern;
    this.chosen = legacy;
  }

  /**
   * Connects a line that begins with the client's handshake.
   *
   * @param server what the server is called here
   * @param separating keeps requests that stand alone apart on one session, where the transport
   *     does not
   * @throws UpstreamException when the server cannot be reached
   */
  public static EitherEra connect(
      String server, UpstreamTransport transport, UnaryOperator<UpstreamSession> separating)
      throws UpstreamException, InterruptedException {
    UpstreamSession legacy = transport.connect();
    OwnLine own = new OwnLine(transport, separating, legacy);
    return new EitherEra(legacy, own, new LegacyOverModern(server, own));
  }

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    return message.method().equals("initialize") ? initialize(message) : chosen.send(message);
  }

  private UpstreamReply initialize(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    UpstreamReply reply;
    try {
      reply = legacy.send(message);
    } catch (UpstreamException e) {
      Optional<UpstreamReply> bridged = isRefusal(e) ? bridged(message) : Optional.empty();
      if (bridged.isPresent()) {
        return bridged.get();
      }
      throw e;
    }
    if (!(reply instanceof UpstreamReply.Single single)) {
      return reply;
    }
    OneMessage whole = OneMessage.read(single);
    if (!isRefusal(whole)) {
      return whole;
    }
    return bridged(message).orElse(whole);
  }

  /** Empty if the server is no modern one either. */
  private Optional<UpstreamReply> bridged(UpstreamMessage initialize) throws InterruptedException {
    try {
      UpstreamReply reply = modern.send(initialize);
      chosen = modern;
      return Optional.of(reply);
    } catch (UpstreamException e) {
      return Optional.empty();
    }
  }

  private static boolean isRefusal(UpstreamException failure) {
    return failure.reason() == Reason.REFUSED && decides(failure.status());
  }

  private static boolean decides(int status) {
    return status >= 400 && status < 500 && !UNDECIDED.contains(status);
  }

  private static boolean isRefusal(OneMessage reply) {
    boolean unclear = reply.status() == 200 || decides(reply.status());
    return unclear && errorCode(reply.bytes()).map(MODERN_REFUSALS::contains).orElse(false);
  }

  private static Optional<Integer> errorCode(byte[] reply) {
    try {
      JsonNode code = StrictParser.parseServer(reply).error().path("code");
      return code.isInt() ? Optional.of(code.intValue()) : Optional.empty();
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  @Override
  public EventStream listen(Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    return chosen.listen(lastEventId);
  }

  @Override
  public Optional<String> resumeToken() {
    return chosen.resumeToken();
  }

  @Override
  public boolean alive() {
    return chosen.alive();
  }

  @Override
  public void close() {
    modern.close();
    own.close();
  }
}
