package dev.tollbar.http;

import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;

/** Refusals of the web front itself: a JSON-RPC error without an id, as all others. */
final class Refused {
  private Refused() {}

  /** Any method but these. */
  static Handler method(String allowed) {
    return (_, response) -> {
      response.header(HeaderNames.ALLOW, allowed);
      send(
          response,
          Status.METHOD_NOT_ALLOWED_405,
          ErrorCode.BAD_REQUEST,
          "This method is not served here.");
    };
  }

  static void send(ServerResponse response, Status status, int code, String text) {
    response
        .status(status)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .send(Errors.reply(Optional.empty(), code, text));
  }
}
