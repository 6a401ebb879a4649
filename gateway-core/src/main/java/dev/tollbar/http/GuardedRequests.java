package dev.tollbar.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.function.Consumer;

/** Tells a guarded connection when a request begins and ends, and refuses one that is too much. */
final class GuardedRequests implements Filter {
  private final Consumer<RoutingResponse> refusing;

  /**
   * A filter.
   *
   * @param refusing answers a request whose body there is no room for
   */
  GuardedRequests(Consumer<RoutingResponse> refusing) {
    this.refusing = refusing;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    GuardedConnection connection = GuardedConnection.current();
    // A length over the bound of one body does not come this far.
    if (connection.begin(request.headers().contentLength().orElse(0))) {
      try {
        chain.proceed();
      } finally {
        connection.end();
      }
    } else {
      refusing.accept(response);
    }
    if (closes(request.headers()) || closes(response.headers())) {
      close(request);
    }
  }

  /** The web server would go on to read. A client that is reset might lose its answer. */
  private static void close(RoutingRequest request) {
    try {
      request.content().consume();
    } catch (RuntimeException _) {
      // Where the body ends is not known, and no longer matters.
    }
    throw new CloseConnectionException("the last request of a connection was answered");
  }

  /** Source: RFC 9112, section 9.6. */
  private static boolean closes(Headers headers) {
    return headers.contains(HeaderNames.CONNECTION)
        && headers.get(HeaderNames.CONNECTION).allValues(true).stream()
            .anyMatch("close"::equalsIgnoreCase);
  }
}
