package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Parts;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.StrictParser;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** What a modern server answered (MCP 2026-07-28, base protocol, "resultType"). */
sealed interface ModernResponse {

  /** The call is done. */
  record Complete(Message message) implements ModernResponse {}

  /**
   * The server wants to know something first, and the call again.
   *
   * @param questions by the server's key for each
   * @param state what the server wants to get back as it is; JSON text
   */
  record InputRequired(SequencedMap<String, Question> questions, Optional<String> state)
      implements ModernResponse {}

  /**
   * What the server asks of the client.
   *
   * @param params JSON text as the server wrote it
   */
  record Question(String method, Optional<String> params, boolean byUrl) {}

  /** The server refuses. */
  record Failure(Message message, int code) implements ModernResponse {}

  /** A server that asks more at once than this asks nobody. */
  int MOST_QUESTIONS = 100;

  /**
   * Reads a whole response.
   *
   * @param status that it came with
   * @param id of the request
   * @throws UpstreamException with MALFORMED, or with REFUSED if the status says that much
   */
  static ModernResponse read(byte[] bytes, int status, MessageId id) throws UpstreamException {
    Message message;
    try {
      message = StrictParser.parseServer(bytes);
    } catch (MalformedMessageException e) {
      throw unusable(status, String.valueOf(e.getMessage()));
    }
    if (message.kind() != Kind.RESPONSE) {
      throw unusable(status, "it is no response");
    }
    if (!message.id().equals(Optional.of(id))) {
      throw unusable(status, "it has another id");
    }
    if (message.isErrorResponse()) {
      return new Failure(message, message.error().path("code").asInt());
    }
    JsonNode type = message.result().orElseThrow().path("resultType");
    if (type.isMissingNode() || type.asText().equals("complete")) {
      return new Complete(message);
    }
    if (type.asText().equals("input_required")) {
      return new InputRequired(questions(message), state(message));
    }
    throw malformed("its result is of a type that the client knows nothing of");
  }

  private static SequencedMap<String, Question> questions(Message message)
      throws UpstreamException {
    SequencedMap<String, Question> questions = new LinkedHashMap<>();
    Optional<Range> all = message.range("result.inputRequests");
    if (all.isEmpty()) {
      if (state(message).isEmpty()) {
        throw malformed("it requires input, and does not say which");
      }
      return questions;
    }
    JsonNode tree = message.result().orElseThrow().path("inputRequests");
    if (!tree.isObject() || tree.size() > MOST_QUESTIONS) {
      throw malformed("its input requests are no object of at most " + MOST_QUESTIONS);
    }
    for (Map.Entry<String, Range> member : Parts.members(message.bytes(), all.get()).entrySet()) {
      if (!(tree.get(member.getKey()) instanceof ObjectNode request)
          || !request.path("method").isTextual()
          || (request.has("params") && !request.path("params").isObject())) {
        throw malformed("one of its input requests is none");
      }
      Optional<String> params =
          Optional.ofNullable(Parts.members(message.bytes(), member.getValue()).get("params"))
              .map(range -> text(message.bytes(), range));
      boolean byUrl =
          request.path("params").path("mode").asText().equals("url")
              && !request.path("params").has("elicitationId");
      questions.put(member.getKey(), new Question(request.path("method").asText(), params, byUrl));
    }
    return questions;
  }

  private static Optional<String> state(Message message) {
    return message.range("result.requestState").map(range -> text(message.bytes(), range));
  }

  private static String text(byte[] bytes, Range range) {
    return new String(Parts.bytes(bytes, range), StandardCharsets.UTF_8);
  }

  private static UpstreamException unusable(int status, String why) {
    return status >= 400
        ? new UpstreamException(
            Reason.REFUSED, true, status, "the server answered with status " + status)
        : malformed(why);
  }

  private static UpstreamException malformed(String why) {
    return new UpstreamException(
        Reason.MALFORMED, true, 0, "the server's answer cannot be read: " + why);
  }
}
