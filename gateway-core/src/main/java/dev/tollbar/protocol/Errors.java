package dev.tollbar.protocol;

import dev.tollbar.api.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The JSON-RPC errors that the gateway itself answers with. */
public final class Errors {
  private Errors() {}

  /**
   * An error reply.
   *
   * @param id of the request; {@code "id":null} is sent if it is not known
   * @param code one of {@link ErrorCode}
   */
  public static byte[] reply(Optional<MessageId> id, int code, String message) {
    return reply(id, code, message, Optional.empty());
  }

  /**
   * As above, with data.
   *
   * @param data JSON text
   */
  public static byte[] reply(
      Optional<MessageId> id, int code, String message, Optional<String> data) {
    String json =
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id.map(MessageId::json).orElse("null")
            + ",\"error\":{\"code\":"
            + code
            + ",\"message\":"
            + JsonText.quote(message)
            + data.map(it -> ",\"data\":" + it).orElse("")
            + "}}";
    return json.getBytes(StandardCharsets.UTF_8);
  }

  /** The reply to a message that could not be read. */
  public static byte[] reply(MalformedMessageException fault) {
    return reply(fault.id(), fault.code(), String.valueOf(fault.getMessage()));
  }
}
