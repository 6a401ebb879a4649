package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import dev.tollbar.policy.Wording;
import java.time.DateTimeException;
import java.time.Instant;

/** A time as test files write it. */
@JsonShape(
    "{\"type\": \"string\", \"description\": \"a time such as \\\"2026-11-23T10:00:00Z\\\"\"}")
public record Moment(Instant instant) {

  /** Reads it as it stands in a file. */
  public static Moment of(JsonNode value) {
    try {
      return new Moment(Instant.parse(value.asText("")));
    } catch (DateTimeException _) {
      throw new InvalidConfigException(
          "", "a time such as \"2026-11-23T10:00:00Z\"", Wording.found(value));
    }
  }
}
