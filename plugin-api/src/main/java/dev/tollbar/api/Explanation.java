package dev.tollbar.api;

import java.util.List;

/**
 * What one rule says to a call, and what it saw that made it say so. For operators who ask why:
 * agents never see it.
 *
 * @param verdict what {@link Rule#evaluate} says to the same call
 * @param observations what the rule looked at, in order; empty if it looks at nothing or does not
 *     tell
 */
public record Explanation(Verdict verdict, List<Observation> observations) {

  public Explanation {
    observations = List.copyOf(observations);
  }

  /** A verdict alone. */
  public static Explanation of(Verdict verdict) {
    return new Explanation(verdict, List.of());
  }
}
