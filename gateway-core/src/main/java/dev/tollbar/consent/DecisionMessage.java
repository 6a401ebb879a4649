package dev.tollbar.consent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;

/**
 * What a receiver says: {@code {"decision": "approve"|"deny", "reason": …, "by": …}}.
 *
 * @param id the approval it speaks of, if it says so
 */
record DecisionMessage(boolean approve, String reason, Optional<String> by, Optional<String> id) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final int MAX_TEXT = 500;

  /** A message that says nothing usable. The text is for whoever sent it. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String why) {
      super(why);
    }
  }

  static DecisionMessage parse(byte[] body) throws MalformedException {
    JsonNode message;
    try {
      message = JSON.readTree(body);
    } catch (IOException _) {
      throw new MalformedException("the body is not one JSON object");
    }
    if (message == null || !message.isObject()) {
      throw new MalformedException("the body is not one JSON object");
    }
    String decision = message.path("decision").asText();
    if (!message.path("decision").isTextual()
        || !(decision.equals("approve") || decision.equals("deny"))) {
      throw new MalformedException("decision: expected \"approve\" or \"deny\"");
    }
    return new DecisionMessage(
        decision.equals("approve"),
        text(message, "reason").orElse(""),
        text(message, "by").filter(name -> !name.isBlank()),
        text(message, "id"));
  }

  private static Optional<String> text(JsonNode message, String name) throws MalformedException {
    JsonNode value = message.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new MalformedException(name + ": expected a text");
    }
    return Optional.of(Texts.cut(value.textValue(), MAX_TEXT));
  }
}
