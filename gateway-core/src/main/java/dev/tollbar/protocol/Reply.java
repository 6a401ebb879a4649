package dev.tollbar.protocol;

import dev.tollbar.api.MessageId;
import java.util.Optional;

/** What a message of a server turned out to be. */
public sealed interface Reply {

  /** The id that it answers, if it could be read. */
  Optional<MessageId> id();

  /**
   * The server answered with a result.
   *
   * @param isError whether it is a tool error
   */
  record Result(Optional<MessageId> id, boolean isError) implements Reply {}

  /** The server answered with a JSON-RPC error. Servers omit ids that they could not read. */
  record ProtocolError(Optional<MessageId> id, long code) implements Reply {}

  /** A request or notification of the server, which answers nothing. */
  record NotAReply() implements Reply {
    @Override
    public Optional<MessageId> id() {
      return Optional.empty();
    }
  }

  /**
   * No JSON-RPC message.
   *
   * @param why for logs and decision records; names no input
   */
  record Malformed(String why) implements Reply {
    @Override
    public Optional<MessageId> id() {
      return Optional.empty();
    }
  }
}
