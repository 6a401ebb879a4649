package dev.tollbar.http;

import dev.tollbar.pipeline.Gateway;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.InstantSource;

/** {@code /mcp/{server}}: streamable HTTP (MCP 2025-11-25, basic/transports). */
final class McpEndpoint implements HttpService {
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
        .delete("/{server}", this::end)
        .any("/{server}", Refused.method("GET, POST, DELETE"));
  }

  private void post(ServerRequest request, ServerResponse response) throws IOException {
    gateway.post(Incoming.of(request, clock.instant()), new HttpReply(response));
  }

  private void listen(ServerRequest request, ServerResponse response) throws IOException {
    gateway.listen(Incoming.of(request, clock.instant()), new HttpReply(response));
  }

  private void end(ServerRequest request, ServerResponse response) throws IOException {
    gateway.end(Incoming.of(request, clock.instant()), new HttpReply(response));
  }
}
