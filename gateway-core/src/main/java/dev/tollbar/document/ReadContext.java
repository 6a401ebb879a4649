package dev.tollbar.document;

import dev.tollbar.api.Counters;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * What a document is read with.
 *
 * @param environment for secrets written as {@code {"env": "NAME"}}
 * @param counters the counters of each rule
 * @param clock the gateway's clock, which rules are handed
 * @param loggers the logger of a rule kind, by its name
 */
public record ReadContext(
    Kinds kinds,
    Map<String, String> environment,
    CounterSource counters,
    InstantSource clock,
    Function<String, Logger> loggers) {

  /** The counters of one rule. */
  @FunctionalInterface
  public interface CounterSource {
    /**
     * The counters of one rule.
     *
     * @param policy the policy's name
     * @param owner whose the counters without a name are: what stays the same while the document is
     *     edited
     * @param shadow whether they are kept apart from the real ones
     */
    Counters counters(String policy, String owner, boolean shadow);

    /**
     * As above, for those who want to know where the rule stands.
     *
     * @param pointer of the rule
     */
    default Counters counters(String policy, String owner, boolean shadow, String pointer) {
      return counters(policy, owner, shadow);
    }
  }
}
