package dev.tollbar.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What people and receivers reach that decide approvals: the pages behind links at {@code
 * /approvals/ID/PURPOSE/TOKEN}, and {@code /callbacks/approvals/ID}. Looking at a page decides
 * nothing.
 */
public final class DecisionEndpoint implements HttpService {

  /**
   * An answer.
   *
   * @param headers beside the usual ones
   */
  public record Reply(int status, String text, Map<String, String> headers) {
    public static Reply json(int status, String json) {
      return new Reply(status, json, Map.of("Content-Type", "application/json"));
    }

    /**
     * A page that is for nobody else, and in no frame.
     *
     * @param policy what the browser may do with it
     */
    public static Reply page(int status, String html, String policy) {
      return new Reply(
          status,
          html,
          Map.of(
              "Content-Type", "text/html; charset=utf-8",
              "Content-Security-Policy", policy,
              "X-Frame-Options", "DENY",
              "Referrer-Policy", "same-origin"));
    }
  }

  /** Decides. */
  public interface Decider {
    /**
     * A receiver's later answer.
     *
     * @param headers by their names in lower case, as far as it is signed in them
     */
    Reply callback(String approval, byte[] body, Map<String, String> headers);

    /** The page behind a link. */
    Reply look(String approval, String purpose, String token);

    /** The form of that page. */
    Reply decide(String approval, String purpose, String token, Map<String, String> form);
  }

  private static final int LARGEST_FORM = 16 * 1024;

  private final Predicate<String> hosts;
  private final Decider decider;

  /**
   * An endpoint.
   *
   * @param hosts which Host headers are served
   */
  public DecisionEndpoint(Predicate<String> hosts, Decider decider) {
    this.hosts = hosts;
    this.decider = decider;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/approvals/{id}/{purpose}/{token}", this::look)
        .head("/approvals/{id}/{purpose}/{token}", this::look)
        .post("/approvals/{id}/{purpose}/{token}", this::decide)
        .post("/callbacks/approvals/{id}", this::callback);
  }

  private void look(ServerRequest request, ServerResponse response) {
    if (served(request, response)) {
      send(
          response,
          decider.look(
              parameter(request, "id"),
              parameter(request, "purpose"),
              parameter(request, "token")));
    }
  }

  private void decide(ServerRequest request, ServerResponse response) {
    if (served(request, response)) {
      byte[] body = body(request);
      send(
          response,
          decider.decide(
              parameter(request, "id"),
              parameter(request, "purpose"),
              parameter(request, "token"),
              body.length > LARGEST_FORM ? Map.of() : form(body)));
    }
  }

  private void callback(ServerRequest request, ServerResponse response) {
    if (served(request, response)) {
      byte[] body = body(request);
      Map<String, String> headers = new HashMap<>();
      for (String name : new String[] {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
        HeaderName header = HeaderNames.create(name);
        if (request.headers().contains(header)) {
          headers.put(name, request.headers().get(header).get());
        }
      }
      send(response, decider.callback(parameter(request, "id"), body, headers));
    }
  }

  private boolean served(ServerRequest request, ServerResponse response) {
    String host =
        request.headers().contains(HeaderNames.HOST)
            ? request.headers().get(HeaderNames.HOST).get()
            : "";
    if (hosts.test(host)) {
      return true;
    }
    send(response, Reply.json(403, "{\"detail\":\"this Host is not served here\"}"));
    return false;
  }

  private static byte[] body(ServerRequest request) {
    return request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
  }

  private static String parameter(ServerRequest request, String name) {
    return request.path().pathParameters().get(name);
  }

  /** Of a name that stands there twice the first counts; what cannot be read is not there. */
  private static Map<String, String> form(byte[] body) {
    Map<String, String> form = new HashMap<>();
    for (String field : new String(body, StandardCharsets.UTF_8).split("&", 32)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        try {
          form.putIfAbsent(
              URLDecoder.decode(field.substring(0, equals), StandardCharsets.UTF_8),
              URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
          // no such field, then
        }
      }
    }
    return form;
  }

  private static void send(ServerResponse response, Reply reply) {
    response.status(Status.create(reply.status()));
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    response.header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
    reply.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    response.send(reply.text().getBytes(StandardCharsets.UTF_8));
  }
}
