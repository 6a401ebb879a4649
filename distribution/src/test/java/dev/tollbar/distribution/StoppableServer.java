package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** Two servers of one process: the calls of one of them stop until they are let go on. */
final class StoppableServer implements AutoCloseable {
  private final HttpServer http;
  private final CountDownLatch goOn = new CountDownLatch(1);

  private StoppableServer(HttpServer http) {
    this.http = http;
  }

  static StoppableServer start() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    StoppableServer server = new StoppableServer(http);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/stuck", exchange -> server.serve(exchange, true));
    http.createContext("/well", exchange -> server.serve(exchange, false));
    http.start();
    return server;
  }

  String url(String which) {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/" + which;
  }

  void goOn() {
    goOn.countDown();
  }

  private void serve(HttpExchange exchange, boolean stops) throws IOException {
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
      boolean begins = message.path("method").asText().equals("initialize");
      if (stops && message.path("method").asText().equals("tools/call")) {
        goOn.await();
      }
      ObjectNode reply = Wire.JSON.createObjectNode().put("jsonrpc", "2.0");
      reply.set("id", message.path("id"));
      ObjectNode result = reply.putObject("result");
      if (begins) {
        result.put("protocolVersion", "2025-11-25");
        result.putObject("capabilities").putObject("tools");
        result.putObject("serverInfo").put("name", "stoppable").put("version", "1");
      } else {
        result.putArray("content").addObject().put("type", "text").put("text", "served");
      }
      byte[] bytes = reply.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    goOn.countDown();
    http.stop(0);
  }
}
