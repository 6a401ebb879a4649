package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.consent.Texts;
import dev.tollbar.protocol.Revision;
import dev.tollbar.state.Approval;
import java.util.Optional;

/**
 * A question to whoever sits at the client, as {@code elicitation/create} has it. Nothing but an
 * explicit yes to it approves.
 *
 * @param params of the request
 * @param byPage whether the client only opens a page, on which is decided
 */
record ClientQuestion(ObjectNode params, boolean byPage) {
  static final String METHOD = "elicitation/create";

  /** What cannot be shown whole is not asked: nobody approves what he does not see. */
  private static final int MOST_SHOWN = 8_000;

  /** What somebody said. */
  sealed interface Said {

    record Decided(boolean approve, String comment) implements Said {}

    /** The page is open; the answer comes from there. */
    record PageOpened() implements Said {}

    /** No answer, or none that can be understood. */
    record Nothing() implements Said {}
  }

  /**
   * The question, in the best way that the client has.
   *
   * @param page where can be decided, too
   * @param pageId what the client calls the page
   */
  static Optional<ClientQuestion> of(
      Approval approval, Elicits client, Revision revision, Optional<String> page, String pageId) {
    if (client.url() && page.isPresent()) {
      ObjectNode params = JsonNodeFactory.instance.objectNode();
      params.put("mode", "url");
      params.put("message", intent(approval) + " Open the page to decide.");
      params.put("url", page.get());
      if (!revision.isModern()) {
        params.put("elicitationId", pageId);
      }
      return Optional.of(new ClientQuestion(params, true));
    }
    String text = text(approval);
    return client.form() && text.length() <= MOST_SHOWN
        ? Optional.of(new ClientQuestion(form(text, revision), false))
        : Optional.empty();
  }

  private static ObjectNode form(String text, Revision revision) {
    ObjectNode params = JsonNodeFactory.instance.objectNode();
    if (revision.isSince(Revision.V2025_11_25)) {
      params.put("mode", "form");
    }
    params.put("message", text);
    ObjectNode schema = params.putObject("requestedSchema").put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    properties
        .putObject("approve")
        .put("type", "boolean")
        .put("title", "Approve this call")
        .put("description", "Yes approves exactly this call; no denies it.");
    properties
        .putObject("comment")
        .put("type", "string")
        .put("title", "Comment for the agent")
        .put("maxLength", 500);
    schema.putArray("required").add("approve");
    return params;
  }

  private static String intent(Approval approval) {
    return "The agent wants to call %s on %s, which needs your approval (%s)."
        .formatted(Texts.visible(approval.tool()), Texts.visible(approval.server()), approval.id());
  }

  private static String text(Approval approval) {
    String reason =
        approval.reason().isEmpty() ? "" : "\nReason: " + Texts.visible(approval.reason());
    return intent(approval) + reason + "\nArguments: " + Texts.visible(approval.arguments());
  }

  /** What a result of the client says. */
  Said read(JsonNode result) {
    return switch (result.path("action").asText("")) {
      case "accept" -> byPage ? new Said.PageOpened() : accepted(result.path("content"));
      case "decline" -> new Said.Decided(false, "");
      default -> new Said.Nothing();
    };
  }

  private static Said accepted(JsonNode content) {
    JsonNode approve = content.path("approve");
    return approve.isBoolean()
        ? new Said.Decided(approve.booleanValue(), content.path("comment").asText(""))
        : new Said.Nothing();
  }
}
