package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a server which era it speaks, with a modern request. Source: MCP 2026-07-28,
 * basic/versioning, "Backward compatibility".
 */
final class EraProbe {
  private static final int LARGEST_RESPONSE = 1024 * 1024;
  private static final MessageId ID = MessageId.number(1);

  /** Errors that only a modern server gives. */
  private static final Set<Long> MODERN_ERRORS =
      Set.of(
          (long) ErrorCode.HEADER_MISMATCH,
          (long) ErrorCode.MISSING_CAPABILITY,
          (long) ErrorCode.UNSUPPORTED_REVISION);

  private final UpstreamTransport transport;
  private final String version;
  private final Duration patience;

  /**
   * A probe.
   *
   * @param version of the gateway, as the server is told
   * @param patience how long a server behind a pipe may be silent: legacy ones may for ever
   */
  EraProbe(UpstreamTransport transport, String version, Duration patience) {
    this.transport = transport;
    this.version = version;
    this.patience = patience;
  }

  /**
   * The server's era.
   *
   * @throws UpstreamException if the server decides nothing: it is out of reach or out of order
   */
  Era ask() throws UpstreamException, InterruptedException {
    UpstreamSession line = transport.connect();
    try {
      return transport.separatesRequests() ? overHttp(line) : overPipe(line);
    } finally {
      line.close();
    }
  }

  private Era overHttp(UpstreamSession line) throws UpstreamException, InterruptedException {
    try (UpstreamReply reply = line.send(discover())) {
      int status = reply instanceof UpstreamReply.Single single ? single.status() : 200;
      if (decidesNothing(status)) {
        throw new UpstreamException(
            Reason.REFUSED, true, status, "the server answered with status " + status);
      }
      return era(reply);
    } catch (UpstreamException e) {
      if (e.reason() == Reason.REFUSED && e.status() / 100 == 4 && !decidesNothing(e.status())) {
        return Era.LEGACY;
      }
      throw e;
    }
  }

  /** What says something about who asks, or about the server's day, says nothing of its era. */
  static boolean decidesNothing(int status) {
    return status == 401 || status == 403 || status == 408 || status == 429 || status / 100 == 5;
  }

  /** Some legacy servers say nothing before they are initialised, and some end. */
  private Era overPipe(UpstreamSession line) throws UpstreamException, InterruptedException {
    CompletableFuture<Era> found = new CompletableFuture<>();
    Thread asking =
        Thread.ofVirtual()
            .name("era of a server")
            .start(() -> {
              try (UpstreamReply reply = line.send(discover())) {
                found.complete(era(reply));
              } catch (UpstreamException | InterruptedException | RuntimeException e) {
                found.complete(Era.LEGACY);
              }
            });
    try {
      return found.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Era.LEGACY;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it is never completed so
    } finally {
      asking.interrupt();
    }
  }

  private UpstreamMessage discover() {
    String revision = Revision.modern().getLast().text();
    String meta =
        "{%s:%s,%s:{},%s:{\"name\":\"tollbar\",\"version\":%s}}"
            .formatted(
                JsonText.quote(MetaKeys.PROTOCOL_VERSION),
                JsonText.quote(revision),
                JsonText.quote(MetaKeys.CLIENT_CAPABILITIES),
                JsonText.quote(MetaKeys.CLIENT_INFO),
                JsonText.quote(version));
    String text =
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"server/discover\",\"params\":{\"_meta\":%s}}"
            .formatted(ID.json(), meta);
    return new UpstreamMessage(
        text.getBytes(StandardCharsets.UTF_8),
        Kind.REQUEST,
        "server/discover",
        Optional.of(ID),
        Optional.empty(),
        Optional.of(revision),
        Map.of("Mcp-Method", "server/discover"));
  }

  private static Era era(UpstreamReply reply) throws UpstreamException, InterruptedException {
    Optional<Message> response =
        switch (reply) {
          case UpstreamReply.Accepted _ -> Optional.empty();
          case UpstreamReply.Single single -> single(single);
          case UpstreamReply.Events events -> events(events);
        };
    return response.filter(EraProbe::isModern).isPresent() ? Era.MODERN : Era.LEGACY;
  }

  private static Optional<Message> single(UpstreamReply.Single single) throws UpstreamException {
    try {
      return Optional.of(StrictParser.parseServer(single.body().readNBytes(LARGEST_RESPONSE)));
    } catch (MalformedMessageException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Message> events(UpstreamReply.Events events)
      throws UpstreamException, InterruptedException {
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      try {
        Message message = StrictParser.parseServer(next.get().data());
        if (message.kind() == Kind.RESPONSE) {
          return Optional.of(message);
        }
      } catch (MalformedMessageException e) {
        // It may only be a comment.
      }
    }
    return Optional.empty();
  }

  private static boolean isModern(Message response) {
    if (response.isErrorResponse()) {
      return MODERN_ERRORS.contains(ModernResult.code(response));
    }
    // A result alone says nothing: some legacy servers give one for whatever they are asked.
    JsonNode versions =
        response.result().map(result -> result.path("supportedVersions")).orElseThrow();
    for (JsonNode served : versions) {
      if (Revision.of(served.asText("")).filter(Revision::isModern).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
