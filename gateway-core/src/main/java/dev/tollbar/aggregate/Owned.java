package dev.tollbar.aggregate;

/**
 * Something of one server: a tool, a prompt, a resource.
 *
 * @param name what its own server calls it
 */
record Owned(String server, String name) {}
