package dev.tollbar.http;

import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;

/** Refusals of the web front itself: a JSON-RPC error without an id, as all others. */
final class Refused {

  /** Who is told of each. */
  interface Watcher {
    /**
     * Takes note, without blocking.
     *
     * @param code one word for why
     */
    void refused(String code, String reason, int status);
  }

  private final Watcher watcher;

  Refused(Watcher watcher) {
    this.watcher = watcher;
  }

  /** Any method but these. */
  Handler method(String allowed) {
    return (_, response) -> {
      response.header(HeaderNames.ALLOW, allowed);
      send(
          response,
          Status.METHOD_NOT_ALLOWED_405,
          ErrorCode.BAD_REQUEST,
          "method_not_allowed",
          "This method is not served here.");
    };
  }

  /** What the web server refuses before it is routed, or while its body is read. */
  DirectHandlers byTheWebServer() {
    DirectHandler json = (_, _, status, _, _) -> json(status);
    return DirectHandlers.builder()
        .addHandler(EventType.PAYLOAD_TOO_LARGE, json)
        .addHandler(EventType.BAD_REQUEST, json)
        .build();
  }

  private TransportResponse json(Status status) {
    boolean tooLarge = status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code();
    String text =
        tooLarge ? "The message is too large." : "The request is not HTTP that can be read.";
    watcher.refused(tooLarge ? "too_large" : "not_http", text, status.code());
    return TransportResponse.builder()
        .status(status)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .keepAlive(false)
        .entity(Errors.reply(Optional.empty(), ErrorCode.INVALID_REQUEST, text))
        .build();
  }

  void send(ServerResponse response, Status status, int code, String word, String text) {
    watcher.refused(word, text, status.code());
    response
        .status(status)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .send(Errors.reply(Optional.empty(), code, text));
  }
}
