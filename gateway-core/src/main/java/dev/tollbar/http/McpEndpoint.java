package dev.tollbar.http;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Entrance;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.InstantSource;

/**
 * {@code /mcp/{server}} and {@code /mcp}, which is all servers as one: streamable HTTP (MCP
 * 2025-11-25, basic/transports).
 */
final class McpEndpoint implements HttpService {
  private final Entrance gateway;
  private final Entrance aggregate;
  private final InstantSource clock;
  private final Handler otherMethod;

  McpEndpoint(Entrance gateway, Entrance aggregate, InstantSource clock, Refused refused) {
    this.gateway = gateway;
    this.aggregate = aggregate;
    this.clock = clock;
    this.otherMethod = refused.method("GET, POST, DELETE");
  }

  /** One route: patterns of paths and lists of routes cost more than looking. */
  @Override
  public void routing(HttpRules rules) {
    rules.any(this::take);
  }

  private void take(ServerRequest request, ServerResponse response) throws Exception {
    String path = request.path().path();
    String server = path.startsWith("/") ? path.substring(1) : path;
    if (server.indexOf('/') >= 0) {
      response.next();
      return;
    }
    boolean all = server.isEmpty();
    Entrance entrance = all ? aggregate : gateway;
    Method method = request.prologue().method();
    if (!method.equals(Method.POST)
        && !method.equals(Method.GET)
        && !method.equals(Method.DELETE)) {
      otherMethod.handle(request, response);
      return;
    }
    Arrival arrival =
        all
            ? Incoming.forAll(request, clock.instant())
            : Incoming.of(request, server, clock.instant());
    HttpReply reply = new HttpReply(response);
    if (method.equals(Method.POST)) {
      entrance.post(arrival, reply);
    } else if (method.equals(Method.GET)) {
      entrance.listen(arrival, reply);
    } else {
      entrance.end(arrival, reply);
    }
  }
}
