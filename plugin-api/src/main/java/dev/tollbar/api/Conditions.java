package dev.tollbar.api;

import java.util.List;

/** Compiled conditions, all of which must hold. Pure, and safe for use by many threads. */
@FunctionalInterface
public interface Conditions {

  /**
   * What {@code [*]} in a path asks of the elements: {@code require} says all, {@code deny_if} any.
   */
  enum Quantifier {
    /** Every element must hold. An empty list has none, and counts as a missing value. */
    ALL,
    /** One element must hold. */
    ANY
  }

  /** What conditions say to a call. */
  sealed interface Match {

    /** All of them hold. */
    record Holds() implements Match {}

    /** One of them does not hold. */
    record Fails() implements Match {}

    /**
     * A value is of a type that its operator cannot judge. Whoever asked must deny.
     *
     * @param reason for the agent: which argument, which type is expected
     */
    record WrongType(String reason) implements Match {}
  }

  /** What they say to a call. Free of effects; does not block. Empty conditions always hold. */
  Match match(Call call);

  /**
   * What each condition sees of a call: its subject is the path, its details are {@code op}, {@code
   * value}, {@code found} and {@code holds}. For {@link Rule#explain}; the gateway's conditions all
   * tell.
   */
  default List<Observation> observe(Call call) {
    return List.of();
  }
}
