package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a {@code tools/call} asks for.
 *
 * @param name the tool, as the client calls it
 * @param arguments empty if the call has none
 */
public record ToolCall(String name, ObjectNode arguments) {

  /**
   * What the message's params ask for.
   *
   * @throws MalformedMessageException with -32602 if the params do not say what is called
   */
  public static ToolCall of(Message message) throws MalformedMessageException {
    String name = message.required("name", Target.LONGEST_NAME, Fault.NAME);
    return new ToolCall(name, arguments(message));
  }

  static ObjectNode arguments(Message message) throws MalformedMessageException {
    JsonNode arguments = message.params().get("arguments");
    if (arguments == null) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (arguments instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedMessageException(Fault.ARGUMENTS, message.id());
  }
}
