package dev.tollbar.http;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Gateway;
import dev.tollbar.protocol.HeaderParam;
import dev.tollbar.protocol.MirroredHeaders;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code /mcp/{server}}: streamable HTTP (MCP 2025-11-25, basic/transports). */
final class McpEndpoint implements HttpService {
  private static final HeaderName PROTOCOL_REVISION = HeaderNames.create("MCP-Protocol-Version");
  private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
  private static final HeaderName METHOD = HeaderNames.create("Mcp-Method");
  private static final HeaderName NAME = HeaderNames.create("Mcp-Name");
  private static final String PARAM_PREFIX = HeaderParam.PREFIX.toLowerCase(Locale.ROOT);
  private static final byte[] NOTHING = {};

  private final Gateway gateway;
  private final InstantSource clock;

  McpEndpoint(Gateway gateway, InstantSource clock) {
    this.gateway = gateway;
    this.clock = clock;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .post("/{server}", this::post)
        .get("/{server}", this::listen)
        .delete("/{server}", this::end);
  }

  private void post(ServerRequest request, ServerResponse response) throws IOException {
    byte[] body = request.content().hasEntity() ? request.content().as(byte[].class) : NOTHING;
    gateway.post(arrival(request, body), new HttpReply(response));
  }

  private void listen(ServerRequest request, ServerResponse response) throws IOException {
    gateway.listen(arrival(request, NOTHING), new HttpReply(response));
  }

  private void end(ServerRequest request, ServerResponse response) throws IOException {
    gateway.end(arrival(request, NOTHING), new HttpReply(response));
  }

  private Arrival arrival(ServerRequest request, byte[] body) {
    return new Arrival(
        request.path().pathParameters().get("server"),
        Arrival.Door.HTTP,
        new Arrival.Headers(
            one(request, HeaderNames.HOST),
            one(request, HeaderNames.ORIGIN),
            one(request, HeaderNames.AUTHORIZATION),
            all(request, HeaderNames.ACCEPT),
            one(request, HeaderNames.CONTENT_TYPE),
            one(request, HttpReply.SESSION),
            one(request, PROTOCOL_REVISION),
            one(request, LAST_EVENT_ID),
            request.remotePeer().address() instanceof InetSocketAddress peer
                && peer.getAddress().isLoopbackAddress(),
            mirrored(request)),
        body,
        clock.instant());
  }

  private static MirroredHeaders mirrored(ServerRequest request) {
    Map<String, String> params = new HashMap<>();
    for (Header header : request.headers()) {
      String name = header.headerName().lowerCase();
      if (name.startsWith(PARAM_PREFIX)) {
        params.put(name, String.join(", ", header.allValues()));
      }
    }
    return new MirroredHeaders(one(request, METHOD), one(request, NAME), params);
  }

  /** A header that must not come twice; a repeated one reads as a value that nothing matches. */
  private static Optional<String> one(ServerRequest request, HeaderName name) {
    if (!request.headers().contains(name)) {
      return Optional.empty();
    }
    List<String> values = request.headers().get(name).allValues();
    return Optional.of(values.size() == 1 ? values.getFirst() : String.join(", ", values));
  }

  private static Optional<String> all(ServerRequest request, HeaderName name) {
    return request.headers().contains(name)
        ? Optional.of(String.join(", ", request.headers().get(name).allValues()))
        : Optional.empty();
  }
}
