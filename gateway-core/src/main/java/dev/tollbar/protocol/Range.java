package dev.tollbar.protocol;

/**
 * A run of bytes of a message.
 *
 * @param from its first byte
 * @param to the byte after its last
 */
public record Range(int from, int to) {}
