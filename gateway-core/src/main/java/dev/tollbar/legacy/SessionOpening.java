package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code initialize} where the gateway itself is the client (MCP 2025-11-25, basic/lifecycle).
 *
 * @param version of the gateway, as the server is told
 * @param refused is told when the server refuses to be initialised
 */
record SessionOpening(String version, Runnable refused) {
  private static final int LARGEST_RESPONSE = 1024 * 1024;
  private static final long NUMBER = 1;
  private static final MessageId ID = MessageId.number(NUMBER);

  /** Begins a session on a line, which it owns from then on. */
  LegacyLine open(UpstreamSession session, CarriedCapabilities capabilities)
      throws UpstreamException, InterruptedException {
    boolean open = false;
    try {
      ServerSelf server = initialize(session, capabilities);
      session
          .send(
              new UpstreamMessage(
                  bytes("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"),
                  Kind.NOTIFICATION,
                  "notifications/initialized",
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(server.revision().text())))
          .close();
      open = true;
      return new LegacyLine(session, server, capabilities, new AtomicLong(NUMBER));
    } finally {
      if (!open) {
        session.close();
      }
    }
  }

  private ServerSelf initialize(UpstreamSession session, CarriedCapabilities capabilities)
      throws UpstreamException, InterruptedException {
    UpstreamMessage initialize =
        new UpstreamMessage(
            request(capabilities),
            Kind.REQUEST,
            "initialize",
            Optional.of(ID),
            Optional.empty(),
            Optional.empty());
    try (UpstreamReply reply = session.send(initialize)) {
      Message response =
          switch (reply) {
            case UpstreamReply.Accepted _ ->
                throw malformed("the server accepted a request without an answer");
            case UpstreamReply.Single single -> single(single);
            case UpstreamReply.Events events -> events(events, session);
          };
      if (response.isErrorResponse()) {
        throw new UpstreamException(
            Reason.REFUSED, true, 0, "the server refuses to begin a session");
      }
      return new ServerSelf(response, revision(response));
    } catch (UpstreamException e) {
      if (e.reason() == Reason.REFUSED) {
        refused.run();
      }
      throw notExecuted(e);
    }
  }

  /** Whatever became of the handshake, the request that needed it was not sent. */
  private static UpstreamException notExecuted(UpstreamException e) {
    return new UpstreamException(e.reason(), false, e.status(), String.valueOf(e.getMessage()));
  }

  private byte[] request(CarriedCapabilities capabilities) {
    return bytes(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"%s\",\"capabilities\":%s,\"clientInfo\":{\"name\":\"tollbar\",\"version\":%s}}}"
            .formatted(
                ID.json(),
                Revision.newestLegacy().text(),
                capabilities.json(),
                JsonText.quote(version)));
  }

  private static Message single(UpstreamReply.Single single) throws UpstreamException {
    try {
      byte[] bytes = single.body().readNBytes(LARGEST_RESPONSE + 1);
      if (bytes.length > LARGEST_RESPONSE) {
        throw malformed("the reply is larger than " + LARGEST_RESPONSE + " bytes");
      }
      Message message = StrictParser.parseServer(bytes);
      if (!answers(message)) {
        throw malformed("the server answered with something that is no reply");
      }
      return message;
    } catch (MalformedMessageException e) {
      if (single.status() >= 400) {
        throw new UpstreamException(
            Reason.REFUSED,
            true,
            single.status(),
            "the server answered with status " + single.status());
      }
      throw malformed(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage()));
    }
  }

  private static Message events(UpstreamReply.Events events, UpstreamSession session)
      throws UpstreamException, InterruptedException {
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      if (next.get().data().length == 0) {
        continue;
      }
      try {
        Message message = StrictParser.parseServer(next.get().data());
        if (answers(message)) {
          return message;
        }
        if (message.kind() == Kind.REQUEST && message.method().equals("ping")) {
          pong(session, message.id().orElseThrow());
        }
      } catch (MalformedMessageException e) {
        throw malformed(String.valueOf(e.getMessage()));
      }
    }
    throw new UpstreamException(
        Reason.BROKEN, true, 0, "the server's stream ended before its answer");
  }

  private static boolean answers(Message message) {
    return message.kind() == Kind.RESPONSE && message.id().equals(Optional.of(ID));
  }

  private static void pong(UpstreamSession session, MessageId id)
      throws UpstreamException, InterruptedException {
    session
        .send(
            new UpstreamMessage(
                bytes("{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + ",\"result\":{}}"),
                Kind.RESPONSE,
                "",
                Optional.of(id),
                Optional.empty(),
                Optional.empty()))
        .close();
  }

  private static Revision revision(Message response) throws UpstreamException {
    return response
        .result()
        .map(result -> result.path("protocolVersion").asText(""))
        .flatMap(Revision::of)
        .filter(revision -> !revision.isModern())
        .orElseThrow(
            () -> malformed("the server chose a protocol revision that is not known here"));
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(Reason.MALFORMED, true, 0, what);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
