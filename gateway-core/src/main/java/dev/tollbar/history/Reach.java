package dev.tollbar.history;

/** One grant's policy on one server, in one revision. */
public record Reach(String grant, String server, String policy) {}
