package dev.tollbar.pipeline;

import dev.tollbar.protocol.Message;

/** A well-formed message that no two parsers read differently. */
record Parsed(Arrival arrival, Message message) {}
