package dev.tollbar.console;

import java.util.Optional;

/**
 * Somebody who is known at the admin API.
 *
 * @param name of the admin token
 * @param session the login that the request came with; empty if it came with the token itself
 */
public record Operator(String name, Role role, Optional<String> session) {}
