package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.legacy.KeptCalls.Rest;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A call that a server of 2025-11-25 refuses until its user has visited URLs (-32042). A modern
 * client is asked to have them visited, and the call is made anew then.
 */
final class UrlVisits {
  private UrlVisits() {}

  /** What the client hears instead of the refusal. */
  static Output ask(Message refusal, CarriedRequest request, LegacyCall call, KeptCalls kept)
      throws UpstreamException {
    CarriedCapabilities capabilities = call.line().capabilities();
    if (!capabilities.elicitsUrl() || !request.mayAsk()) {
      return Output.error(
          request.id(),
          ErrorCode.MISSING_CAPABILITY,
          refusal.error().path("message").asText("The user has to visit a URL first."),
          Optional.of("{\"requiredCapabilities\":{\"elicitation\":{\"url\":{}}}}"));
    }
    Map<String, String> inputRequests = new LinkedHashMap<>();
    for (JsonNode elicitation : refusal.error().path("data").path("elicitations")) {
      if (elicitation instanceof ObjectNode object) {
        ObjectNode params = object.deepCopy();
        params.put("mode", "url");
        params.remove("elicitationId"); // only for a notification that is no more
        inputRequests.put(
            "input_" + (inputRequests.size() + 1),
            "{\"method\":\"elicitation/create\",\"params\":" + params + "}");
      }
    }
    return inputRequests.isEmpty()
        ? refused(refusal, request)
        : Round.ask(new Rest.Refused(refusal, inputRequests, call.line().server()), request, kept);
  }

  /** Whether the user did not agree to one of the visits. */
  static boolean declined(JsonNode inputResponses) {
    for (JsonNode response : inputResponses) {
      if (!response.path("action").asText("").equals("accept")) {
        return true;
      }
    }
    return false;
  }

  /** The refusal itself, with a code that modern clients do not take for something else. */
  static Output refused(Message refusal, CarriedRequest request) throws UpstreamException {
    return ModernResult.of(refusal, request.id(), request.method(), Optional.empty());
  }
}
