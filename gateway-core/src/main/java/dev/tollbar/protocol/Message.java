package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage.Kind;
import java.util.Map;
import java.util.Optional;

/**
 * A well-formed JSON-RPC message: its bytes as received, what was read in them, and where.
 * Immutable and safe for use by many threads; the bytes and trees are shared and must not be
 * changed.
 */
public final class Message {
  private final byte[] bytes;
  private final Kind kind;
  private final String method;
  private final Optional<MessageId> id;
  private final Optional<MessageId> progressToken;
  private final ObjectNode envelope;
  private final ObjectNode params;
  private final Map<String, Range> ranges;

  Message(
      byte[] bytes,
      Kind kind,
      Optional<MessageId> id,
      Optional<MessageId> progressToken,
      ObjectNode envelope,
      Map<String, Range> ranges) {
    this.bytes = bytes;
    this.kind = kind;
    this.method = envelope.path("method").asText();
    this.id = id;
    this.progressToken = progressToken;
    this.envelope = envelope;
    this.params =
        envelope.get("params") instanceof ObjectNode object
            ? object
            : JsonNodeFactory.instance.objectNode();
    this.ranges = ranges;
  }

  /** The message as it was received. */
  public byte[] bytes() {
    return bytes;
  }

  public Kind kind() {
    return kind;
  }

  /** The method; empty for responses. */
  public String method() {
    return method;
  }

  /** The id of a request or response. */
  public Optional<MessageId> id() {
    return id;
  }

  /** The params; empty if there are none. Fractions are {@code DecimalNode}: numbers are exact. */
  public ObjectNode params() {
    return params;
  }

  /** The result of a response, unless it is an error. */
  public Optional<JsonNode> result() {
    return Optional.ofNullable(envelope.get("result"));
  }

  public boolean isErrorResponse() {
    return kind == Kind.RESPONSE && envelope.has("error");
  }

  /** The error of a response; a missing node if there is none. */
  public JsonNode error() {
    return envelope.path("error");
  }

  /** The token under which the sender of a request wants to hear of progress. */
  public Optional<MessageId> progressToken() {
    return progressToken;
  }

  /** A member of the params that is a string. */
  public Optional<String> text(String member) {
    return Optional.ofNullable(params.get(member)).map(JsonNode::textValue);
  }

  /** A member of the params that is an id or token, such as {@code requestId}. */
  public Optional<MessageId> token(String member) {
    return Optional.ofNullable(params.get(member)).flatMap(MessageId::of);
  }

  public Optional<Range> idRange() {
    return range("id");
  }

  public Optional<Range> paramsRange() {
    return range("params");
  }

  public Optional<Range> nameRange() {
    return range("params.name");
  }

  public Optional<Range> uriRange() {
    return range("params.uri");
  }

  public Optional<Range> argumentsRange() {
    return range("params.arguments");
  }

  public Optional<Range> progressTokenRange() {
    return range("params._meta.progressToken");
  }

  /**
   * Where the value of a control member lies, quotes included.
   *
   * @param path such as {@code "params.cursor"}, {@code "params.protocolVersion"} or {@code
   *     "result.capabilities"}; other members have no range
   */
  public Optional<Range> range(String path) {
    return Optional.ofNullable(ranges.get(path));
  }

  /** A member of the params that must be a string of 1 to {@code longest} characters. */
  String required(String member, int longest, Fault fault) throws MalformedMessageException {
    return text(member)
        .filter(text -> !text.isEmpty() && text.length() <= longest)
        .orElseThrow(() -> new MalformedMessageException(fault, id));
  }
}
