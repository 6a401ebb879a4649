package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/**
 * The most that a limit admits, exactly: a whole number, or a decimal in quotes.
 *
 * @param text as it was written, for people
 */
@JsonShape(
    """
    {"anyOf": [
      {"type": "integer", "minimum": 0},
      {"type": "string", "pattern": "^[0-9]{1,50}([.][0-9]{1,50})?$"}
    ]}
    """)
public record Max(String text, BigDecimal value) {
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,50}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,50}([.][0-9]{1,50})?");

  /** Reads it from a document. */
  public static Max of(JsonNode value) {
    String text = value.asText();
    if ((value.isIntegralNumber() && WHOLE.matcher(text).matches())
        || (value.isTextual() && DECIMAL.matcher(text).matches())) {
      return new Max(text, new BigDecimal(text));
    }
    throw new InvalidConfigException(
        "",
        "a whole number, 0 or more, or a decimal in quotes such as \"5000.00\"",
        Quoted.json(value));
  }
}
