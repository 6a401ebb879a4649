package dev.tollbar.policy;

import dev.tollbar.api.Verdict;

/** What one rule said to one call: a line of the trace in the decision record. */
public record RuleVerdict(ConfiguredRule rule, Verdict verdict) {}
