package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The window of a limit: a unit of the calendar, or a duration that rolls.
 *
 * @param phrase what follows the maximum in a sentence: {@code per minute}, {@code in any 90 s}
 */
@JsonShape(
    """
    {"anyOf": [
      {"enum": ["second", "minute", "hour", "day", "week", "month"]},
      {"type": "string", "pattern": "^[0-9]{1,9}[smhd]$"}
    ]}
    """)
public record LimitWindow(Window window, String phrase) {
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");

  /** Reads it from a document. */
  public static LimitWindow of(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : "";
    Optional<LimitWindow> calendar = calendar(text);
    if (calendar.isPresent()) {
      return calendar.get();
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidConfigException(
          "",
          "second, minute, hour, day, week, month or a duration such as \"90s\"",
          Quoted.json(value));
    }
    Duration length =
        Duration.of(
            Long.parseLong(matcher.group(1)),
            switch (matcher.group(2)) {
              case "s" -> ChronoUnit.SECONDS;
              case "m" -> ChronoUnit.MINUTES;
              case "h" -> ChronoUnit.HOURS;
              default -> ChronoUnit.DAYS;
            });
    if (length.isZero() || length.compareTo(LONGEST) > 0) {
      throw new InvalidConfigException("", "a duration from 1s to 366d", Quoted.json(value));
    }
    return rolling(length);
  }

  /** A window of this length that rolls. */
  static LimitWindow rolling(Duration length) {
    return new LimitWindow(new Window.Rolling(length), "in any " + Durations.exactly(length));
  }

  private static Optional<LimitWindow> calendar(String text) {
    for (Calendar calendar : Calendar.values()) {
      if (calendar.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(new LimitWindow(calendar, "per " + text));
      }
    }
    return Optional.empty();
  }
}
