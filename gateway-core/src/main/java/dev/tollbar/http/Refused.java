package dev.tollbar.http;

import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Refusals of the web front itself: a JSON-RPC error without an id, as all others. */
final class Refused {
  /** Seconds after which a client may try again, where the gateway has too much to do. */
  static final String RETRY_AFTER = "1";

  static final String OVERLOADED = "The gateway has too much to do. Try again in a second.";

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
        .addHandler(EventType.OTHER, this::other)
        .build();
  }

  private TransportResponse other(
      DirectHandler.TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    if (status.code() != Status.SERVICE_UNAVAILABLE_503.code()) {
      return DirectHandler.defaultHandler().handle(request, type, status, headers, message);
    }
    watcher.refused("overloaded", OVERLOADED, status.code());
    return TransportResponse.builder()
        .status(status)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .header(HeaderValues.create(HeaderNames.RETRY_AFTER, RETRY_AFTER))
        .keepAlive(false)
        .entity(Errors.reply(Optional.empty(), ErrorCode.OVERLOADED, OVERLOADED))
        .build();
  }

  /** The gateway has no room for a request's body, which the web server throws away as it comes. */
  void overloaded(ServerResponse response) {
    response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER);
    send(response, Status.SERVICE_UNAVAILABLE_503, ErrorCode.OVERLOADED, "overloaded", OVERLOADED);
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
