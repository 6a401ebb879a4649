package dev.tollbar.rule.limits;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/** Reads configs as the gateway does, for tests. */
final class Configs {
  private Configs() {}

  static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static LimitsConfig limits(String text) {
    JsonNode config = json(text);
    return new LimitsConfig(
        key(config, "max").map(Max::of),
        key(config, "window").map(LimitWindow::of),
        key(config, "concurrency").map(JsonNode::longValue),
        Scopes.of(key(config, "scope").orElse(json("\"grant\""))),
        key(config, "counter").map(JsonNode::textValue),
        key(config, "amount").map(JsonNode::textValue),
        RefundOn.of(key(config, "refund_on").orElse(json("[]"))),
        OnFailure.of(key(config, "fail").orElse(json("\"closed\""))));
  }

  private static Optional<JsonNode> key(JsonNode config, String key) {
    return Optional.ofNullable(config.get(key));
  }
}
