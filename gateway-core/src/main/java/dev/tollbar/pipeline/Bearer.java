package dev.tollbar.pipeline;

import java.util.SortedSet;

/**
 * Whom a client acts for.
 *
 * @param grant the name of its grant
 * @param servers those of the document in force that the grant reaches
 */
public record Bearer(String grant, SortedSet<String> servers) {}
