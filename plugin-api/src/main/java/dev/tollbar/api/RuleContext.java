package dev.tollbar.api;

import java.time.InstantSource;
import org.slf4j.Logger;

/** What a rule may touch. Valid as long as the rule; safe for use by many threads. */
public interface RuleContext {

  /** The policy that the rule stands in. */
  String policy();

  /** Where in its document the rule stands: a JSON Pointer such as {@code /tools/pay/limits/0}. */
  String pointer();

  /** The gateway's clock: the only one that a rule may use. */
  InstantSource clock();

  /** The counters of this rule. */
  Counters counters();

  /**
   * Compiles conditions of the policy language, so that every kind reads them alike.
   *
   * @param key the config key that they stand under, for messages
   * @throws InvalidConfigException with every problem found
   */
  Conditions conditions(
      String key, java.util.List<Condition> conditions, Conditions.Quantifier over);

  /**
   * Compiles conditions that may look at the result of a call as well, by paths such as {@code
   * result.structuredContent.status}. {@code [*]} asks that all elements hold. For rules that
   * {@link Rule#readsResults() read results}. By default there are none, for contexts that tests
   * write by hand.
   *
   * @param key the config key that they stand under, for messages
   * @throws InvalidConfigException with every problem found
   */
  default ResultConditions resultConditions(String key, java.util.List<Condition> conditions) {
    throw new UnsupportedOperationException("conditions on results");
  }

  /**
   * Reads a text file of the document's folder. The file becomes part of the document's revision: a
   * change of it is a new revision. Only while the rule is made: later there is nothing to be part
   * of.
   *
   * @param key the config key that names the file, for messages
   * @param path relative to the document; may not leave its folder
   * @throws InvalidConfigException if there is no such file, or it cannot be read as UTF-8
   */
  String file(String key, String path);

  /** A logger by the rule's kind. Never log arguments or secrets. */
  Logger logger();
}
