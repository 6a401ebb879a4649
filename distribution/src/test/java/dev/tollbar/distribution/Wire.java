package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/**
 * Streamable HTTP by hand, for what the official clients cannot say or do not show: status codes,
 * foreign headers, bytes.
 */
final class Wire implements AutoCloseable {
  static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
      "capabilities":{},"clientInfo":{"name":"wire","version":"1"}}}\
      """;

  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  Wire(String url) {
    this.url = url;
  }

  /** Posts one message. */
  HttpResponse<String> post(String message, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(message));
    headers.forEach(request::header);
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** Begins a session, and gives the headers by which the next messages belong to it. */
  Map<String, String> begin(Map<String, String> headers) throws IOException, InterruptedException {
    HttpResponse<String> reply = post(INITIALIZE, headers);
    String session =
        reply
            .headers()
            .firstValue("Mcp-Session-Id")
            .orElseThrow(() -> new IOException(reply.statusCode() + " " + reply.body()));
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put("Mcp-Session-Id", session);
    post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", more);
    return Map.copyOf(more);
  }

  /** A call of a tool, as JSON-RPC. */
  static String call(int id, String tool, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":%s}}"
        .formatted(id, tool, arguments);
  }

  /** The message in a reply, whether it came as JSON or as the last event of a stream. */
  static String message(HttpResponse<String> reply) {
    if (reply.body().startsWith("{")) {
      return reply.body();
    }
    return reply
        .body()
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .reduce((earlier, later) -> later)
        .map(line -> line.substring("data: ".length()))
        .orElse("");
  }

  static JsonNode json(HttpResponse<String> reply) throws IOException {
    return JSON.readTree(message(reply));
  }

  @Override
  public void close() {
    http.close();
  }
}
