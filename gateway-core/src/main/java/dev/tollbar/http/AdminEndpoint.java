package dev.tollbar.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What operators reach: {@code /health} and {@code /metrics}, which need no token; the admin API
 * below {@code /api} and its page, {@code /console}.
 */
public final class AdminEndpoint implements HttpService {
  private final Predicate<String> hosts;
  private final Supplier<String> health;
  private final BooleanSupplier ready;
  private final Supplier<String> metrics;
  private final AdminRoutes console;

  /**
   * An endpoint.
   *
   * @param hosts which Host headers are served: a page in a browser must not get here by another
   *     name
   * @param health the state of everything, as JSON
   * @param ready whether calls can be served
   * @param metrics in the Prometheus text format
   * @param console answers to the admin API and the console
   */
  public AdminEndpoint(
      Predicate<String> hosts,
      Supplier<String> health,
      BooleanSupplier ready,
      Supplier<String> metrics,
      AdminHandler console) {
    this.hosts = hosts;
    this.health = health;
    this.ready = ready;
    this.metrics = metrics;
    this.console = new AdminRoutes(console);
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .any(this::checkHost)
        .get("/health/live", (_, response) -> json(response, Status.OK_200, "{\"status\":\"up\"}"))
        .get(
            "/health/ready",
            (_, response) ->
                json(
                    response,
                    ready.getAsBoolean() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503,
                    health.get()))
        .get("/metrics", this::metrics)
        .get("/", console::handle)
        .any("/api", console::handle)
        .any("/api/*", console::handle)
        .any("/console", console::handle)
        .any("/console/*", console::handle);
  }

  private void checkHost(ServerRequest request, ServerResponse response) {
    if (hosts.test(header(request, "Host").orElse(""))) {
      response.next();
    } else {
      response
          .status(Status.FORBIDDEN_403)
          .header(HeaderNames.CONTENT_TYPE, AdminRoutes.PROBLEM)
          .send(
              AdminRoutes.problem(
                  Status.FORBIDDEN_403,
                  "foreign_host",
                  "Not allowed",
                  "This Host is not served here; serve --allow-host names others."));
    }
  }

  private void metrics(ServerRequest request, ServerResponse response) {
    response
        .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
        .send(metrics.get().getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> header(ServerRequest request, String name) {
    HeaderName header = HeaderNames.create(name);
    return request.headers().contains(header)
        ? Optional.of(request.headers().get(header).get())
        : Optional.empty();
  }

  private static void json(ServerResponse response, Status status, String json) {
    response
        .status(status)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .send(json.getBytes(StandardCharsets.UTF_8));
  }
}
