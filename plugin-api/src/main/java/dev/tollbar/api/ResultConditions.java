package dev.tollbar.api;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Compiled conditions on a call and its result, all of which must hold. Pure, and safe for use by
 * many threads.
 */
@FunctionalInterface
public interface ResultConditions {

  /**
   * What the conditions say; empty ones always hold.
   *
   * @param result the {@code result} member of the reply; not to be changed
   */
  Conditions.Match match(Call call, JsonNode result);
}
