package dev.tollbar.plugins;

import java.util.Optional;

/**
 * What a jar says of itself, and whether {@code plugins.lock} lists it; nothing of it was run.
 *
 * @param file its name in the folder
 * @param entry as a lock would list it; absent for what is no plugin
 * @param why what is wrong with the jar itself, in one line
 * @param difference how it differs from what the lock lists, or from whom it trusts
 */
public record PluginInspection(
    String file,
    Optional<PluginLock.Entry> entry,
    Optional<String> why,
    Optional<String> difference) {}
