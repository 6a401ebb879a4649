package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.RequestMeta;
import dev.tollbar.protocol.Revision;

/**
 * How a client can ask whoever sits at it (MCP 2025-11-25 and 2026-07-28, client/elicitation).
 *
 * @param form by showing a form
 * @param url by opening a page
 */
record Elicits(boolean form, boolean url) {
  private static final Elicits NOTHING = new Elicits(false, false);

  /** The client of a request, while that is open. */
  static Elicits by(Routed routed) {
    if (routed.session().isPresent()) {
      return of(routed.session().get().clientCapabilities(), routed.protocolRevision());
    }
    // Since 2026-07-28 a client is asked in results, and only these requests may have such.
    boolean mayAsk =
        switch (routed.door()) {
          case TOOL_CALL, PROMPT_GET, RESOURCE_READ -> routed.protocolRevision().isModern();
          default -> false;
        };
    return mayAsk ? of(declared(routed), routed.protocolRevision()) : NOTHING;
  }

  private static JsonNode declared(Routed routed) {
    try {
      return RequestMeta.of(routed.message()).clientCapabilities();
    } catch (MalformedMessageException e) {
      return JsonNodeFactory.instance.objectNode();
    }
  }

  static Elicits of(JsonNode capabilities, Revision revision) {
    JsonNode elicitation = capabilities.path("elicitation");
    if (!elicitation.isObject() || !revision.isSince(Revision.V2025_06_18)) {
      return NOTHING;
    }
    boolean url = elicitation.has("url") && revision.isSince(Revision.V2025_11_25);
    // Without members it stands for forms.
    return new Elicits(elicitation.has("form") || !elicitation.has("url"), url);
  }

  boolean any() {
    return form || url;
  }
}
