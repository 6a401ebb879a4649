package dev.tollbar.audit;

/** What the log takes: decisions, what operators did, and what it says about itself. */
sealed interface LogLine permits DecisionRecord, AdminAction, LogEvent {}
