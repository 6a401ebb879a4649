package dev.tollbar.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;

/**
 * A JSON-RPC id or progress token, which keeps its JSON type: {@code 1} and {@code "1"} differ.
 *
 * @param json its one canonical JSON text: {@code 17} or {@code "17"}
 */
public record MessageId(String json) {

  /** The id that a JSON value stands for; empty if it is neither a string nor a whole number. */
  public static Optional<MessageId> of(JsonNode value) {
    if (value.isTextual()) {
      return Optional.of(text(value.textValue()));
    }
    return value.isIntegralNumber() ? Optional.of(new MessageId(value.asText())) : Optional.empty();
  }

  /** The id that is a whole number. */
  public static MessageId number(long value) {
    return new MessageId(Long.toString(value));
  }

  /** The id that is a string. */
  public static MessageId text(String value) {
    return new MessageId(TextNode.valueOf(value).toString());
  }

  /** Its JSON text. */
  @Override
  public String toString() {
    return json;
  }
}
