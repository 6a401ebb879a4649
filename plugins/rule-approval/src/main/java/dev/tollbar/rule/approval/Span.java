package dev.tollbar.rule.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time, written as {@code "30s"}, {@code "15m"}, {@code "2h"} or {@code "1d"}.
 *
 * @param text as it was written
 */
@JsonShape("{\"type\": \"string\", \"pattern\": \"^[0-9]{1,9}[smhd]$\"}")
public record Span(String text, Duration length) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhd])");

  /** Reads it from a document. */
  public static Span of(JsonNode value) {
    Matcher matcher = FORM.matcher(value.isTextual() ? value.textValue() : "");
    if (!matcher.matches()) {
      throw new InvalidConfigException(
          "", "a duration such as \"30s\", \"15m\" or \"2h\"", Quoted.json(value));
    }
    ChronoUnit unit =
        switch (matcher.group(2)) {
          case "s" -> ChronoUnit.SECONDS;
          case "m" -> ChronoUnit.MINUTES;
          case "h" -> ChronoUnit.HOURS;
          default -> ChronoUnit.DAYS;
        };
    return new Span(value.textValue(), Duration.of(Long.parseLong(matcher.group(1)), unit));
  }

  boolean within(Duration least, Duration most) {
    return length.compareTo(least) >= 0 && length.compareTo(most) <= 0;
  }
}
