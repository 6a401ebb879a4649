package dev.tollbar.http;

import io.helidon.common.uri.UriQuery;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Takes requests from the web server to the admin API, and its answers back. */
final class AdminRoutes {
  static final String PROBLEM = "application/problem+json";

  private final AdminHandler handler;

  AdminRoutes(AdminHandler handler) {
    this.handler = handler;
  }

  void handle(ServerRequest request, ServerResponse response) {
    byte[] body = request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    AdminReply reply =
        handler.handle(
            new AdminRequest(
                request.prologue().method().text(),
                request.path().rawPath(),
                query(request.query()),
                headers(request),
                body,
                request.remotePeer().host()));
    switch (reply) {
      case AdminReply.Whole whole -> send(response, whole);
      case AdminReply.Events events -> stream(response, events);
    }
  }

  /** What the web server refuses before it is routed, or while its body is read: RFC 9457. */
  static DirectHandlers refusedByTheWebServer() {
    DirectHandler problem = (_, _, status, _, _) -> problem(status);
    return DirectHandlers.builder()
        .addHandler(EventType.PAYLOAD_TOO_LARGE, problem)
        .addHandler(EventType.BAD_REQUEST, problem)
        .build();
  }

  private static TransportResponse problem(Status status) {
    boolean tooLarge = status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code();
    return TransportResponse.builder()
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, PROBLEM)
        .keepAlive(false)
        .entity(
            tooLarge
                ? problem(
                    status,
                    "too_large",
                    "Too large",
                    "The body is too large: expected 256 KiB at most.")
                : problem(
                    status, "not_http", "Bad request", "The request is not HTTP that can be read."))
        .build();
  }

  /** As RFC 9457 has it; the words need no escapes. */
  static byte[] problem(Status status, String code, String title, String detail) {
    return "{\"type\":\"urn:tollbar:problem:%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"code\":\"%s\"}"
        .formatted(code, title, status.code(), detail, code)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> query(UriQuery query) {
    Map<String, List<String>> parameters = new HashMap<>();
    query.names().forEach(name -> parameters.put(name, query.all(name)));
    return parameters;
  }

  private static Map<String, String> headers(ServerRequest request) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : request.headers()) {
      headers.putIfAbsent(header.name().toLowerCase(Locale.ROOT), header.get());
    }
    return headers;
  }

  private static void send(ServerResponse response, AdminReply.Whole whole) {
    response.status(Status.create(whole.status()));
    whole.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    if (whole.body().length == 0) {
      response.send();
    } else {
      response.send(whole.body());
    }
  }

  private static void stream(ServerResponse response, AdminReply.Events events) {
    response
        .header(HeaderNames.CONTENT_TYPE, "text/event-stream")
        .header(HeaderNames.CACHE_CONTROL, "no-store, no-transform")
        .header(HeaderNames.create("X-Accel-Buffering"), "no")
        .header(HeaderValues.CONNECTION_CLOSE);
    try (OutputStream out = response.outputStream()) {
      events
          .source()
          .run(text -> {
            try {
              out.write(text.getBytes(StandardCharsets.UTF_8));
              out.flush();
            } catch (RuntimeException e) { // the web server's word for a client that left
              throw new IOException("the reader is gone", e);
            }
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      // The reader is gone: nobody is left to be told.
    }
  }
}
