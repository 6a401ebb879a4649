package dev.tollbar.http;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.protocol.HeaderParam;
import dev.tollbar.protocol.MirroredHeaders;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Turns HTTP requests into arrivals. */
final class Incoming {
  private static final HeaderName PROTOCOL_REVISION = HeaderNames.create("MCP-Protocol-Version");
  private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
  private static final HeaderName METHOD = HeaderNames.create("Mcp-Method");
  private static final HeaderName NAME = HeaderNames.create("Mcp-Name");
  private static final String PARAM_PREFIX = HeaderParam.PREFIX.toLowerCase(Locale.ROOT);
  private static final byte[] NOTHING = {};

  private Incoming() {}

  /** A request with the server's name in its path. */
  static Arrival of(ServerRequest request, String server, Instant time) {
    return of(
        request,
        server,
        header(request, HttpReply.SESSION),
        header(request, HeaderNames.ACCEPT),
        time);
  }

  /** A request for all servers as one. */
  static Arrival forAll(ServerRequest request, Instant time) {
    return of(
        request,
        Arrival.ALL_SERVERS,
        header(request, HttpReply.SESSION),
        header(request, HeaderNames.ACCEPT),
        time);
  }

  private static String server(ServerRequest request) {
    return request.path().pathParameters().get("server");
  }

  /**
   * A request of a revision that knows no headers of its own, nor that an answer might be taken in
   * two forms.
   */
  static Arrival ofOldClient(ServerRequest request, Instant time) {
    boolean listens = request.prologue().method().equals(Method.GET);
    return of(
        request,
        server(request),
        Optional.empty(),
        listens ? header(request, HeaderNames.ACCEPT) : Optional.empty(),
        time);
  }

  private static Arrival of(
      ServerRequest request,
      String server,
      Optional<String> session,
      Optional<String> accept,
      Instant time) {
    return new Arrival(
        server,
        Arrival.Door.HTTP,
        new Arrival.Headers(
            header(request, HeaderNames.HOST),
            header(request, HeaderNames.ORIGIN),
            header(request, HeaderNames.AUTHORIZATION),
            accept,
            header(request, HeaderNames.CONTENT_TYPE),
            session,
            header(request, PROTOCOL_REVISION),
            header(request, LAST_EVENT_ID),
            request.remotePeer().address() instanceof InetSocketAddress peer
                && peer.getAddress().isLoopbackAddress(),
            mirrored(request)),
        body(request),
        time);
  }

  private static MirroredHeaders mirrored(ServerRequest request) {
    Map<String, String> params = new HashMap<>();
    for (Header header : request.headers()) {
      String name = header.headerName().lowerCase();
      if (name.startsWith(PARAM_PREFIX)) {
        params.put(name, String.join(", ", header.allValues()));
      }
    }
    return new MirroredHeaders(header(request, METHOD), header(request, NAME), params);
  }

  /** Read to its end, so that the web server knows that the next request begins there. */
  private static byte[] body(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return NOTHING;
    }
    OptionalLong length = request.headers().contentLength();
    if (length.isEmpty() || length.getAsLong() > Integer.MAX_VALUE) {
      return chunked(request);
    }
    try (InputStream body = request.content().inputStream()) {
      byte[] whole = body.readNBytes((int) length.getAsLong());
      if (body.read() >= 0) {
        throw new IOException("a body that is longer than its Content-Length");
      }
      return whole;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] chunked(ServerRequest request) {
    try {
      return request.content().as(byte[].class);
    } catch (NumberFormatException e) {
      throw new HttpException("a chunk without a length", Status.BAD_REQUEST_400, e, false);
    }
  }

  /** What comes twice reads as a value that nothing matches, where it may come once only. */
  private static Optional<String> header(ServerRequest request, HeaderName name) {
    if (!request.headers().contains(name)) {
      return Optional.empty();
    }
    Header header = request.headers().get(name);
    return Optional.of(
        header.valueCount() == 1 ? header.get() : String.join(", ", header.allValues()));
  }
}
