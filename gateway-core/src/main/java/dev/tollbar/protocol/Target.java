package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a request is about, if it is no tool: a prompt by name, a resource by URI, a task by id. All
 * throw {@link MalformedMessageException} with -32602 if the params do not say it.
 *
 * @param arguments of a prompt; empty otherwise
 */
public record Target(Kind kind, String name, ObjectNode arguments) {
  static final int LONGEST_NAME = 256;
  private static final int LONGEST_URI = 8192;
  private static final int MOST_SUBSCRIPTIONS = 1000;

  public enum Kind {
    PROMPT,
    RESOURCE,
    TASK
  }

  /** Of {@code prompts/get}. */
  public static Target prompt(Message message) throws MalformedMessageException {
    String name = message.required("name", LONGEST_NAME, Fault.NAME);
    return new Target(Kind.PROMPT, name, ToolCall.arguments(message));
  }

  /** Of {@code resources/read}, {@code resources/subscribe} and {@code resources/unsubscribe}. */
  public static Target resource(Message message) throws MalformedMessageException {
    return bare(Kind.RESOURCE, message.required("uri", LONGEST_URI, Fault.URI));
  }

  /** Of every {@code tasks/*} request that names one. */
  public static Target task(Message message) throws MalformedMessageException {
    return bare(Kind.TASK, message.required("taskId", LONGEST_NAME, Fault.TASK_ID));
  }

  /** Of {@code completion/complete}: the prompt or resource template that is completed. */
  public static Target completion(Message message) throws MalformedMessageException {
    JsonNode ref = message.params().path("ref");
    return switch (ref.path("type").asText()) {
      case "ref/prompt" -> bare(Kind.PROMPT, text(message, ref.path("name"), LONGEST_NAME));
      case "ref/resource" -> bare(Kind.RESOURCE, text(message, ref.path("uri"), LONGEST_URI));
      default -> throw new MalformedMessageException(Fault.REF, message.id());
    };
  }

  /** Of {@code subscriptions/listen}: every resource that it wants to hear of. */
  public static List<Target> listen(Message message) throws MalformedMessageException {
    JsonNode notifications = message.params().path("notifications");
    JsonNode uris = notifications.path("resourceSubscriptions");
    boolean valid =
        notifications.isObject()
            && (uris.isMissingNode() || (uris.isArray() && uris.size() <= MOST_SUBSCRIPTIONS));
    List<Target> targets = new ArrayList<>();
    for (JsonNode uri : uris) {
      String text = uri.asText("");
      valid &= uri.isTextual() && !text.isEmpty() && text.length() <= LONGEST_URI;
      targets.add(bare(Kind.RESOURCE, text));
    }
    if (!valid) {
      throw new MalformedMessageException(Fault.NOTIFICATIONS, message.id());
    }
    return targets;
  }

  private static String text(Message message, JsonNode value, int longest)
      throws MalformedMessageException {
    return Optional.ofNullable(value.textValue())
        .filter(text -> !text.isEmpty() && text.length() <= longest)
        .orElseThrow(() -> new MalformedMessageException(Fault.REF, message.id()));
  }

  private static Target bare(Kind kind, String name) {
    return new Target(kind, name, JsonNodeFactory.instance.objectNode());
  }
}
