package dev.tollbar.state;

/**
 * A plugin that a revision ran with.
 *
 * @param name its id
 * @param sha256 of its jar, in lower-case hex
 */
public record StoredPlugin(String name, String version, String sha256) {}
