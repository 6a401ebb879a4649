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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What operators reach: {@code /health}, {@code /metrics}, {@code /plugins}, {@code /explain}. */
public final class AdminEndpoint implements HttpService {
  private final Predicate<String> hosts;
  private final Supplier<String> health;
  private final BooleanSupplier ready;
  private final Supplier<String> metrics;
  private final Supplier<String> plugins;
  private final Function<byte[], Answer> explaining;

  /** An answer of a program. */
  public record Answer(int status, String json) {}

  /**
   * An endpoint.
   *
   * @param hosts which Host headers are served: a page in a browser must not get here by another
   *     name
   * @param health the state of everything, as JSON
   * @param ready whether calls can be served
   * @param metrics in the Prometheus text format
   * @param plugins what is loaded, as JSON
   * @param explaining says why a recorded call is decided as it is; the question is JSON
   */
  public AdminEndpoint(
      Predicate<String> hosts,
      Supplier<String> health,
      BooleanSupplier ready,
      Supplier<String> metrics,
      Supplier<String> plugins,
      Function<byte[], Answer> explaining) {
    this.hosts = hosts;
    this.health = health;
    this.ready = ready;
    this.metrics = metrics;
    this.plugins = plugins;
    this.explaining = explaining;
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
        .post("/explain", this::explain)
        .get("/plugins", (_, response) -> json(response, Status.OK_200, plugins.get()));
  }

  private void checkHost(ServerRequest request, ServerResponse response) {
    if (hosts.test(header(request, "Host").orElse(""))) {
      response.next();
    } else {
      json(response, Status.FORBIDDEN_403, "{\"detail\":\"this Host is not served here\"}");
    }
  }

  private void metrics(ServerRequest request, ServerResponse response) {
    response
        .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
        .send(metrics.get().getBytes(StandardCharsets.UTF_8));
  }

  private void explain(ServerRequest request, ServerResponse response) {
    Answer answer = explaining.apply(request.content().as(byte[].class));
    json(response, Status.create(answer.status()), answer.json());
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
