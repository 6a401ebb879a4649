package dev.tollbar.http;

import dev.tollbar.pipeline.Entrance;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.InstantSource;

/**
 * {@code /mcp/{server}} and {@code /mcp}, which is all servers as one: streamable HTTP (MCP
 * 2025-11-25, basic/transports).
 */
final class McpEndpoint implements HttpService {
  private final Entrance gateway;
  private final Entrance aggregate;
  private final InstantSource clock;
  private final Refused refused;

  McpEndpoint(Entrance gateway, Entrance aggregate, InstantSource clock, Refused refused) {
    this.refused = refused;
    this.gateway = gateway;
    this.aggregate = aggregate;
    this.clock = clock;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .post("/", this::postToAll)
        .get("/", this::listenToAll)
        .delete("/", this::endAll)
        .any("/", refused.method("GET, POST, DELETE"))
        .post("/{server}", this::post)
        .get("/{server}", this::listen)
        .delete("/{server}", this::end)
        .any("/{server}", refused.method("GET, POST, DELETE"));
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

  private void postToAll(ServerRequest request, ServerResponse response) throws IOException {
    aggregate.post(Incoming.forAll(request, clock.instant()), new HttpReply(response));
  }

  private void listenToAll(ServerRequest request, ServerResponse response) throws IOException {
    aggregate.listen(Incoming.forAll(request, clock.instant()), new HttpReply(response));
  }

  private void endAll(ServerRequest request, ServerResponse response) throws IOException {
    aggregate.end(Incoming.forAll(request, clock.instant()), new HttpReply(response));
  }
}
