package dev.tollbar.rule.limits;

import dev.tollbar.api.Counters.Window;
import java.math.BigDecimal;

/**
 * At most so much, over which time.
 *
 * @param phrase for people: {@code 60 per minute}
 */
record Quota(Window window, BigDecimal max, String phrase) {}
