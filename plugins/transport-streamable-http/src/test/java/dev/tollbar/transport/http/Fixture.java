package dev.tollbar.transport.http;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.Secret;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the tests of this package share. */
final class Fixture {
  static final Duration LONG = Duration.ofSeconds(30);

  private Fixture() {}

  static StreamableHttpConfig config(String url) {
    return config(url, Map.of());
  }

  static StreamableHttpConfig config(String url, Map<String, Secret> headers) {
    return new StreamableHttpConfig(
        url, headers, LONG, Optional.empty(), Optional.empty(), 256, 256, 4_096, 1_000_000);
  }

  static StreamableHttpTransport transport(StreamableHttpConfig config, Duration timeout) {
    return new StreamableHttpTransport(
        config, new Context(timeout), () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  static TransportContext context(Duration timeout) {
    return new Context(timeout);
  }

  static StreamableHttpTransport transport(RawServer server) {
    return transport(config(server.url()), LONG);
  }

  static SseConfig sseConfig(String url, Map<String, Secret> headers) {
    return new SseConfig(
        url, headers, LONG, Optional.empty(), Optional.empty(), 256, 256, 4_096, 100_000);
  }

  static SseTransport sse(SseConfig config, Duration timeout) {
    return new SseTransport(
        config, new Context(timeout), () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  static SseTransport sse(String url) {
    return sse(sseConfig(url, Map.of()), LONG);
  }

  static UpstreamMessage initialize() {
    return request("initialize", 0, Optional.empty());
  }

  static UpstreamMessage call(int id) {
    return request("tools/call", id, Optional.of("2025-06-18"));
  }

  static UpstreamMessage modern(String method, Map<String, String> headers) {
    UpstreamMessage message = request(method, 1, Optional.of("2026-07-28"));
    return new UpstreamMessage(
        message.bytes(),
        message.kind(),
        message.method(),
        message.id(),
        message.progressToken(),
        message.protocolRevision(),
        headers);
  }

  private static UpstreamMessage request(String method, int id, Optional<String> revision) {
    String json = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\"}";
    return new UpstreamMessage(
        json.getBytes(StandardCharsets.UTF_8),
        Kind.REQUEST,
        method,
        Optional.of(MessageId.number(id)),
        Optional.empty(),
        revision);
  }

  static UpstreamMessage notification() {
    return new UpstreamMessage(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"
            .getBytes(StandardCharsets.UTF_8),
        Kind.NOTIFICATION,
        "notifications/initialized",
        Optional.empty(),
        Optional.empty(),
        Optional.of("2025-06-18"));
  }

  static UpstreamMessage response(int id) {
    return new UpstreamMessage(
        ("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}").getBytes(StandardCharsets.UTF_8),
        Kind.RESPONSE,
        "",
        Optional.of(MessageId.number(id)),
        Optional.empty(),
        Optional.of("2025-06-18"));
  }

  static String json(String body) {
    return json(200, body);
  }

  static String json(int status, String body) {
    return "HTTP/1.1 "
        + status
        + " X\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private record Context(Duration timeout) implements TransportContext {
    @Override
    public String server() {
      return "tickets";
    }

    @Override
    public Path folder() {
      return Path.of("");
    }

    @Override
    public Logger logger() {
      return LoggerFactory.getLogger("test");
    }
  }
}
