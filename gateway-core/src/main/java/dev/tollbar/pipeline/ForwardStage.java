package dev.tollbar.pipeline;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.legacy.Handshake;
import dev.tollbar.legacy.Session;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends a permitted call to its server, once, as the bytes that were judged. */
final class ForwardStage {

  Forwarded forward(PermittedCall call) throws UpstreamException, InterruptedException {
    Routed routed = call.routed();
    if (routed.door() == Door.INITIALIZE) {
      return initialize(call, routed);
    }
    if (routed.session().isEmpty()) {
      return alone(call, routed);
    }
    Session session = routed.session().get();
    UpstreamReply reply =
        session
            .upstream()
            .send(upstream(routed.message(), routed.message().bytes(), session.revision().text()));
    return new Forwarded(call, session.upstream(), reply);
  }

  /** A request that belongs to no session says itself, and in its headers, what it is. */
  private static Forwarded alone(PermittedCall call, Routed routed)
      throws UpstreamException, InterruptedException {
    UpstreamSession line = routed.server().lines().forRequests(routed.caller().grant().name());
    Message message = routed.message();
    Map<String, String> headers =
        message
            .text("name")
            .filter(_ -> routed.door() == Door.TOOL_CALL)
            .flatMap(routed.server().catalog()::headerParams)
            .map(known -> routed.arrival().headers().mirrored().passedOn(message, known))
            .orElseGet(() -> routed.arrival().headers().mirrored().passedOn(message, List.of()));
    UpstreamReply reply =
        line.send(
            new UpstreamMessage(
                message.bytes(),
                message.kind(),
                message.method(),
                message.id(),
                message.progressToken(),
                Optional.of(routed.protocolRevision().text()),
                headers));
    return new Forwarded(call, line, reply);
  }

  private static Forwarded initialize(PermittedCall call, Routed routed)
      throws UpstreamException, InterruptedException {
    UpstreamSession upstream = routed.server().lines().forSession();
    try {
      byte[] bytes = Handshake.request(routed.message());
      UpstreamReply reply =
          upstream.send(
              new UpstreamMessage(
                  bytes,
                  UpstreamMessage.Kind.REQUEST,
                  routed.message().method(),
                  routed.message().id(),
                  routed.message().progressToken(),
                  Optional.empty()));
      return new Forwarded(call, upstream, reply);
    } catch (UpstreamException | InterruptedException | RuntimeException e) {
      upstream.close();
      throw e;
    }
  }

  private static UpstreamMessage upstream(Message message, byte[] bytes, String revision) {
    return new UpstreamMessage(
        bytes,
        message.kind(),
        message.method(),
        message.id(),
        message.progressToken(),
        Optional.of(revision));
  }
}
