package dev.tollbar.policy;

import dev.tollbar.api.Question;
import java.util.List;

/** The combined answer of all rules to one call. */
public sealed interface Decision {

  /** The verdict of every rule that ran, in order; shadow rules included. */
  List<RuleVerdict> trace();

  /**
   * Nothing against the call so far.
   *
   * @param rules every rule that applies, in order: those that reserve do so in {@code meter}
   * @param asked the questions that people must answer first, in document order
   */
  record Permitted(List<ConfiguredRule> rules, List<Asked> asked, List<RuleVerdict> trace)
      implements Decision {}

  record Denied(Denial denial, List<RuleVerdict> trace) implements Decision {}

  /** One rule's question. */
  record Asked(ConfiguredRule rule, Question question) {}
}
