package dev.tollbar.audit;

/** What the log takes: decisions, and what it says about itself. */
sealed interface LogLine permits DecisionRecord, LogEvent {}
