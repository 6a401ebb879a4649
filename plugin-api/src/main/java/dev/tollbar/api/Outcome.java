package dev.tollbar.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What became of a permitted call. */
public sealed interface Outcome {

  /** Nothing of it reached the server. */
  record NotDelivered() implements Outcome {}

  /** The transport failed or ran out of time after the call may have reached the server. */
  record TransportFailed() implements Outcome {}

  /** The client cancelled before an answer came. */
  record Cancelled() implements Outcome {}

  /**
   * The server answered with a JSON-RPC error.
   *
   * @param code its {@code error.code}
   */
  record ProtocolError(long code) implements Outcome {}

  /**
   * The server answered with a result.
   *
   * @param isError whether it is a tool error ({@code isError: true})
   * @param result the result, only for rules that {@link Rule#readsResults() read results}
   */
  record Answered(boolean isError, Optional<JsonNode> result) implements Outcome {}
}
