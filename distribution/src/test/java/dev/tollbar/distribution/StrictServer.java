package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * A server of 2025-03-26 that takes no other revision in a header, is reached under its own name
 * only, and answers no page of a browser. Remembers the headers of all that it gets.
 */
final class StrictServer implements AutoCloseable {
  static final String REVISION = "2025-03-26";

  private final HttpServer http;
  private final List<Headers> received = Collections.synchronizedList(new ArrayList<>());

  private StrictServer(HttpServer http) {
    this.http = http;
  }

  static StrictServer start() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    StrictServer server = new StrictServer(http);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/mcp", server::serve);
    http.start();
    return server;
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/mcp";
  }

  /** The headers of every request so far. */
  List<Headers> received() {
    synchronized (received) {
      return List.copyOf(received);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers headers = exchange.getRequestHeaders();
      received.add(headers);
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (!("127.0.0.1:" + http.getAddress().getPort()).equals(headers.getFirst("Host"))) {
        exchange.sendResponseHeaders(421, -1);
      } else if (headers.containsKey("Origin")) {
        exchange.sendResponseHeaders(403, -1);
      } else if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(405, -1);
      } else {
        answer(exchange, Wire.JSON.readTree(body));
      }
    }
  }

  private static void answer(HttpExchange exchange, JsonNode message) throws IOException {
    String said = exchange.getRequestHeaders().getFirst("MCP-Protocol-Version");
    boolean begins = message.path("method").asText().equals("initialize");
    if (!begins && !REVISION.equals(said)) {
      exchange.sendResponseHeaders(400, -1);
    } else if (!message.has("id")) {
      exchange.sendResponseHeaders(202, -1);
    } else {
      ObjectNode reply = Wire.JSON.createObjectNode().put("jsonrpc", "2.0");
      reply.set("id", message.path("id"));
      ObjectNode result = reply.putObject("result");
      if (begins) {
        result.put("protocolVersion", REVISION);
        result.putObject("capabilities").putObject("tools");
        result.putObject("serverInfo").put("name", "strict").put("version", "1");
        exchange.getResponseHeaders().add("Mcp-Session-Id", "strict-1");
      } else {
        result.putArray("content").addObject().put("type", "text").put("text", "served");
      }
      byte[] bytes = reply.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
