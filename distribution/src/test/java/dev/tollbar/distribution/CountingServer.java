package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server in the test's process that knows what reached it: it outlives every gateway. */
final class CountingServer implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();

  CountingServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(threads);
    http.createContext("/mcp", this::serve);
    http.start();
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/mcp";
  }

  /** How many calls of a tool with these arguments have come. */
  int calls(String tool, String arguments) {
    return calls.getOrDefault(tool + arguments, 0);
  }

  /** How many calls have come, by tool and arguments. */
  Map<String, Integer> calls() {
    return Map.copyOf(calls);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      JsonNode message = Wire.JSON.readTree(body);
      if (!message.has("id")) {
        exchange.sendResponseHeaders(202, -1);
        return;
      }
      ObjectNode reply = Wire.JSON.createObjectNode().put("jsonrpc", "2.0");
      reply.set("id", message.path("id"));
      answer(message, reply.putObject("result"));
      byte[] bytes = reply.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private void answer(JsonNode message, ObjectNode result) {
    JsonNode params = message.path("params");
    switch (message.path("method").asText()) {
      case "initialize" -> {
        result.put("protocolVersion", "2025-11-25");
        result.putObject("capabilities").putObject("tools");
        result.putObject("serverInfo").put("name", "counting").put("version", "1");
      }
      case "tools/call" -> {
        calls.merge(params.path("name").asText() + params.path("arguments"), 1, Integer::sum);
        result.putArray("content").addObject().put("type", "text").put("text", "done");
      }
      case "tools/list" -> result.putArray("tools");
      default -> {}
    }
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
