package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import java.math.BigDecimal;

/** The amount of a call, out of one of its arguments: exact, never negative, of bounded size. */
record Amount(ArgumentPath path) {
  private static final int MOST = 100;

  BigDecimal of(Call call) throws Refused {
    JsonNode value =
        path.find(call.arguments())
            .orElseThrow(() -> new Refused(path.text() + " is needed, as a number."));
    if (!value.isNumber()) {
      throw new Refused(
          "%s must be a number, not %s."
              .formatted(
                  path.text(),
                  switch (value.getNodeType()) {
                    case STRING -> "a text";
                    case BOOLEAN -> "a boolean";
                    case ARRAY -> "a list";
                    default -> "an object";
                  }));
    }
    BigDecimal amount = exact(path, value);
    if (amount.signum() < 0) {
      throw new Refused(path.text() + " must not be negative.");
    }
    return amount;
  }

  /** A number of at most 100 digits and an exponent of at most 100, either way. */
  static BigDecimal exact(ArgumentPath path, JsonNode number) throws Refused {
    boolean finite =
        !(number.isDouble() || number.isFloat()) || Double.isFinite(number.doubleValue());
    if (finite) {
      BigDecimal value = number.decimalValue();
      long exponent = (long) value.precision() - value.scale() - 1;
      if (value.precision() <= MOST && Math.abs(exponent) <= MOST) {
        return value;
      }
    }
    throw new Refused(path.text() + " is out of the range that can be counted.");
  }
}
