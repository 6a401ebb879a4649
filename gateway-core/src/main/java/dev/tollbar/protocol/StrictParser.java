package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage.Kind;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one JSON-RPC message and refuses every one that two parsers could read differently, so that
 * what is judged is what the server reads. Source: JSON-RPC 2.0; MCP 2025-11-25, base protocol.
 */
public final class StrictParser {
  static final int MAX_DEPTH = 64;
  private static final int MAX_SERVER_DEPTH = 256;

  private StrictParser() {}

  /**
   * Reads a message of a client.
   *
   * @param bytes the whole message; shared with the result, not to be changed any more
   */
  public static Message parse(byte[] bytes) throws MalformedMessageException {
    if (Batch.is(bytes)) {
      throw new MalformedMessageException(Fault.BATCH, Optional.empty());
    }
    return parse(bytes, MAX_DEPTH);
  }

  /** Reads a message of a server, which may be nested deeper. */
  public static Message parseServer(byte[] bytes) throws MalformedMessageException {
    return parse(bytes, MAX_SERVER_DEPTH);
  }

  private static Message parse(byte[] bytes, int maxDepth) throws MalformedMessageException {
    StrictReader reader = new StrictReader(bytes, maxDepth);
    JsonNode root = reader.document(Level.ENVELOPE);
    if (!(root instanceof ObjectNode envelope)) {
      throw new MalformedMessageException(Fault.NOT_AN_OBJECT, Optional.empty());
    }
    Map<String, Range> ranges = reader.ranges();
    Optional<MessageId> id = Ids.of(envelope.get("id"), bytes, ranges.get("id"));
    Optional<MessageId> replyTo = envelope.has("method") ? id : Optional.empty();
    reader.refuseAmbiguity(replyTo);
    Kind kind = kind(envelope, id, replyTo);
    Optional<MessageId> progressToken =
        kind == Kind.RESPONSE ? Optional.empty() : progressToken(envelope, bytes, ranges, replyTo);
    return new Message(bytes, kind, id, progressToken, envelope, ranges);
  }

  private static Kind kind(ObjectNode envelope, Optional<MessageId> id, Optional<MessageId> replyTo)
      throws MalformedMessageException {
    require(envelope.path("jsonrpc").asText().equals("2.0"), Fault.VERSION, replyTo);
    require(envelope.path("jsonrpc").isTextual(), Fault.VERSION, replyTo);
    require(!envelope.has("id") || id.isPresent(), Fault.ID, replyTo);
    boolean method = envelope.has("method");
    boolean result = envelope.has("result");
    boolean error = envelope.has("error");
    int shapes = (method ? 1 : 0) + (result ? 1 : 0) + (error ? 1 : 0);
    require(shapes == 1, Fault.SHAPE, replyTo);
    if (method) {
      require(envelope.path("method").isTextual(), Fault.METHOD, replyTo);
      return id.isPresent() ? Kind.REQUEST : Kind.NOTIFICATION;
    }
    require(id.isPresent(), Fault.RESPONSE_WITHOUT_ID, replyTo);
    require(!error || envelope.path("error").isObject(), Fault.ERROR, replyTo);
    return Kind.RESPONSE;
  }

  private static Optional<MessageId> progressToken(
      ObjectNode envelope, byte[] bytes, Map<String, Range> ranges, Optional<MessageId> replyTo)
      throws MalformedMessageException {
    JsonNode params = envelope.get("params");
    if (params == null) {
      return Optional.empty();
    }
    require(params.isObject(), Fault.PARAMS, replyTo);
    JsonNode meta = params.get("_meta");
    if (meta == null) {
      return Optional.empty();
    }
    require(meta.isObject(), Fault.META, replyTo);
    JsonNode value = meta.get("progressToken");
    Optional<MessageId> token = Ids.of(value, bytes, ranges.get("params._meta.progressToken"));
    require(value == null || token.isPresent(), Fault.PROGRESS_TOKEN, replyTo);
    return token;
  }

  private static void require(boolean holds, Fault fault, Optional<MessageId> replyTo)
      throws MalformedMessageException {
    if (!holds) {
      throw new MalformedMessageException(fault, replyTo);
    }
  }
}
