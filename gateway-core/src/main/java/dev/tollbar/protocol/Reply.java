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
   * @param resultType what kind of result it says it is; since 2026-07-28
   * @param asks whether it asks the client for something ({@code inputRequests})
   */
  record Result(Optional<MessageId> id, boolean isError, Optional<String> resultType, boolean asks)
      implements Reply {

    /** A result that does not say what kind it is. */
    Result(Optional<MessageId> id, boolean isError) {
      this(id, isError, Optional.empty(), false);
    }

    /** Whether this is all there is: what it says, and what older servers mean by silence. */
    public boolean isComplete() {
      return !asks && resultType.map("complete"::equals).orElse(true);
    }
  }

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
