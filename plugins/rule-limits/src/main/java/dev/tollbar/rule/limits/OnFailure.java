package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;

/** What becomes of calls while the counters are out of reach. */
@JsonShape("{\"enum\": [\"closed\", \"open\"]}")
public enum OnFailure {
  CLOSED,
  OPEN;

  /** Reads it from a document. */
  public static OnFailure of(JsonNode value) {
    return switch (value.isTextual() ? value.textValue() : "") {
      case "closed" -> CLOSED;
      case "open" -> OPEN;
      default -> throw new InvalidConfigException("", "\"closed\" or \"open\"", Quoted.json(value));
    };
  }
}
