package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.protocol.MirroredHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A client of 2026-07-28: each of its requests stands alone, and is repeated in its headers as far
 * as a test does not say otherwise.
 */
public final class ModernClient {
  public static final String REVISION = "2026-07-28";

  /** What every request says of itself. */
  public static final String META = meta("{}");

  /** The same of a client that knows tasks. */
  static final String TASKS = meta("{\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}");

  private final TestGateway gateway;
  private final Knock knock;

  ModernClient(TestGateway gateway, String token) {
    this(gateway, Knock.as(token).revision(REVISION));
  }

  private ModernClient(TestGateway gateway, Knock knock) {
    this.gateway = gateway;
    this.knock = knock;
  }

  /** The same client with other headers. */
  ModernClient by(Knock other) {
    return new ModernClient(gateway, other);
  }

  Knock knock() {
    return knock;
  }

  private static String meta(String capabilities) {
    return "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\""
        + REVISION
        + "\",\"io.modelcontextprotocol/clientCapabilities\":"
        + capabilities
        + "}";
  }

  /**
   * A request.
   *
   * @param id as JSON has it
   * @param params their members but for the last, {@code _meta}; may be empty
   */
  public static String request(String id, String method, String params) {
    return request(id, method, params, META);
  }

  static String request(String id, String method, String params, String meta) {
    String members = params.isEmpty() ? meta : params + "," + meta;
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":{%s}}"
        .formatted(id, method, members);
  }

  /** A call of the tool that the policies of tests are about. */
  public static String pay(int id) {
    return pay(id, "");
  }

  /**
   * The same with more params.
   *
   * @param more such as {@code ,"requestState":"s"}
   */
  static String pay(int id, String more) {
    return request(
        Integer.toString(id), "tools/call", "\"name\":\"pay\",\"arguments\":{\"amount\":5}" + more);
  }

  /** The answer with this result. */
  static String result(String id, String result) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}";
  }

  /** The answer with this error. */
  static String error(String id, int code, String text) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":\"%s\"}}"
        .formatted(id, code, text);
  }

  /** What the headers of this request say. */
  static MirroredHeaders repeated(String body) {
    JsonNode message = read(body);
    Optional<String> name =
        Stream.of("name", "uri", "taskId")
            .map(member -> message.path("params").path(member))
            .filter(JsonNode::isTextual)
            .map(JsonNode::textValue)
            .findFirst();
    return new MirroredHeaders(Optional.of(message.path("method").asText()), name, Map.of());
  }

  private static JsonNode read(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RecordingClient send(String body) {
    return send(body, repeated(body));
  }

  RecordingClient send(String body, MirroredHeaders headers) {
    RecordingClient client = new RecordingClient();
    gateway.post(arrival(body, headers), client);
    return client;
  }

  void send(String body, RecordingClient client) {
    gateway.post(arrival(body, repeated(body)), client);
  }

  private Arrival arrival(String body, MirroredHeaders mirrored) {
    Arrival plain = knock.with(body, gateway.clock.instant());
    Arrival.Headers headers = plain.headers();
    return new Arrival(
        plain.server(),
        plain.door(),
        new Arrival.Headers(
            headers.host(),
            headers.origin(),
            headers.authorization(),
            headers.accept(),
            headers.contentType(),
            headers.session(),
            headers.protocolRevision(),
            headers.lastEventId(),
            headers.fromLoopback(),
            mirrored),
        plain.body(),
        plain.time());
  }
}
