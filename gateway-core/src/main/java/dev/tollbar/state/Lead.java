package dev.tollbar.state;

import java.math.BigDecimal;

/** How much is leased at once. */
final class Lead {
  private static final BigDecimal SHARE = new BigDecimal("0.01");

  private Lead() {}

  /**
   * A hundredth of the maximum, in whole amounts of what the call asks for; at least that amount.
   * So a crash costs a hundredth of a limit at most, and nothing where that is less than two calls.
   */
  static BigDecimal of(BigDecimal max, BigDecimal amount) {
    BigDecimal share = max.multiply(SHARE);
    if (amount.signum() == 0 || share.compareTo(amount.add(amount)) < 0) {
      return amount;
    }
    return share.divideToIntegralValue(amount).multiply(amount);
  }
}
