package dev.tollbar.pipeline;

import dev.tollbar.protocol.Message;

/**
 * A well-formed message of a known client.
 *
 * @param bearer whom the client acts for
 */
public record Received(Message message, Bearer bearer) {}
