package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import dev.tollbar.policy.Wording;
import java.time.DateTimeException;
import java.time.Instant;

/** A time of a scenario. */
@JsonShape(
    "{\"type\": \"string\", \"description\": \"a time such as \\\"2026-11-23T10:00:00Z\\\"\"}")
record Moment(Instant instant) {

  /** Reads it as it stands in a scenario. */
  public static Moment of(JsonNode value) {
    try {
      return new Moment(Instant.parse(value.asText("")));
    } catch (DateTimeException _) {
      throw new InvalidConfigException(
          "", "a time such as \"2026-11-23T10:00:00Z\"", Wording.found(value));
    }
  }
}
