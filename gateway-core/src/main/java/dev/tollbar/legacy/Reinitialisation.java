package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Revision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshake once more, by the gateway in the client's place. Its requests have ids that no
 * request of the client meets.
 */
final class Reinitialisation {
  private static final Logger LOG = LoggerFactory.getLogger(Reinitialisation.class);
  private static final ObjectMapper JSON = JsonText.mapper();
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final byte[] INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"
          .getBytes(StandardCharsets.US_ASCII);

  /** The server does not speak the session's revision any more. */
  static final class OtherRevisionException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private final UpstreamSession upstream;
  private final Revision revision;
  private final Consumer<Event> aside;

  private Reinitialisation(UpstreamSession upstream, Revision revision, Consumer<Event> aside) {
    this.upstream = upstream;
    this.revision = revision;
    this.aside = aside;
  }

  /**
   * On a new line.
   *
   * @param revision that the session speaks
   * @param aside takes what the server says meanwhile
   */
  static Reinitialisation of(UpstreamSession upstream, Revision revision, Consumer<Event> aside) {
    return new Reinitialisation(upstream, revision, aside);
  }

  /**
   * Says what the client has said.
   *
   * @param ready whether it had said that it is ready
   */
  void run(Hello hello, boolean ready, Settings settings)
      throws UpstreamException, OtherRevisionException, InterruptedException {
    MessageId id = newId();
    JsonNode result = ask("initialize", id, hello.request(id, revision)).path("result");
    if (result.isMissingNode()) {
      throw new UpstreamException(
          Reason.REFUSED, true, 0, "the server answered initialize with an error");
    }
    if (!result.path("protocolVersion").asText().equals(revision.text())) {
      throw new OtherRevisionException();
    }
    if (!ready) {
      return;
    }
    upstream
        .send(
            message(INITIALIZED, Kind.NOTIFICATION, "notifications/initialized", Optional.empty()))
        .close();
    for (Settings.Setting setting : settings.all()) {
      set(setting);
    }
  }

  private void set(Settings.Setting setting) throws UpstreamException, InterruptedException {
    MessageId id = newId();
    String request =
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":%s}"
            .formatted(id.json(), setting.method(), setting.params());
    byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
    if (ask(setting.method(), id, bytes).has("error")) {
      LOG.warn("the server does not take {} again", setting.method());
    }
  }

  private JsonNode ask(String method, MessageId id, byte[] request)
      throws UpstreamException, InterruptedException {
    try (UpstreamReply reply =
        upstream.send(message(request, Kind.REQUEST, method, Optional.of(id)))) {
      return switch (reply) {
        case UpstreamReply.Accepted _ -> throw malformed("nothing");
        case UpstreamReply.Single single -> single(single, id);
        case UpstreamReply.Events events -> event(events, id);
      };
    }
  }

  private static JsonNode single(UpstreamReply.Single single, MessageId id)
      throws UpstreamException {
    try {
      byte[] body = single.body().readNBytes(MOST_BYTES);
      if (!answers(body, id)) {
        throw malformed("something that is no answer");
      }
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage()));
    }
  }

  private JsonNode event(UpstreamReply.Events events, MessageId id)
      throws UpstreamException, InterruptedException {
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      byte[] data = next.get().data();
      if (answers(data, id)) {
        try {
          return JSON.readTree(data);
        } catch (IOException e) {
          throw malformed("something that is no JSON");
        }
      }
      aside.accept(next.get());
    }
    throw new UpstreamException(
        Reason.BROKEN, true, 0, "the server's stream ended before its answer");
  }

  private static boolean answers(byte[] data, MessageId id) {
    return data.length > 0
        && ServerMessage.read(data)
            .filter(message -> message.kind() == Kind.RESPONSE)
            .flatMap(ServerMessage::id)
            .filter(id::equals)
            .isPresent();
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(
        Reason.MALFORMED, true, 0, "the server answered the gateway with " + what);
  }

  private UpstreamMessage message(byte[] bytes, Kind kind, String method, Optional<MessageId> id) {
    Optional<String> spoken =
        method.equals("initialize") ? Optional.empty() : Optional.of(revision.text());
    return new UpstreamMessage(bytes, kind, method, id, Optional.empty(), spoken);
  }

  private static MessageId newId() {
    return MessageId.text("tollbar-" + UUID.randomUUID());
  }
}
