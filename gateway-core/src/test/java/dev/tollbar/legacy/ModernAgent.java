package dev.tollbar.legacy;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a modern client sends, and what it gets.
 *
 * @param id of its next request, as JSON text
 * @param capabilities that it declares
 * @param meta further members of {@code _meta}, each with a comma before it
 */
record ModernAgent(UpstreamSession line, String id, String capabilities, String meta) {
  static final String ALL =
      "{\"elicitation\":{\"form\":{},\"url\":{}},\"roots\":{},\"sampling\":{\"tools\":{}}}";

  ModernAgent(UpstreamSession line) {
    this(line, "1", ALL, "");
  }

  ModernAgent id(String json) {
    return new ModernAgent(line, json, capabilities, meta);
  }

  ModernAgent can(String json) {
    return new ModernAgent(line, id, json, meta);
  }

  ModernAgent meta(String json) {
    return new ModernAgent(line, id, capabilities, meta + "," + json);
  }

  /** The members of {@code _meta} that every request has. */
  String envelope() {
    return "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":"
        + capabilities
        + meta
        + "}";
  }

  /** A request. */
  String request(String method, String params) {
    String members = params.isEmpty() ? "" : params + ",";
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":{%s%s}}"
        .formatted(id, method, members, envelope());
  }

  UpstreamReply send(String method, String params) throws UpstreamException, InterruptedException {
    return raw(method, request(method, params));
  }

  UpstreamReply raw(String method, String json) throws UpstreamException, InterruptedException {
    return line.send(
        new UpstreamMessage(
            json.getBytes(StandardCharsets.UTF_8),
            Kind.REQUEST,
            method,
            Optional.of(new MessageId(id)),
            Optional.empty(),
            Optional.of("2026-07-28"),
            Map.of("Mcp-Method", method)));
  }

  /** Sends on a thread of its own. */
  CompletableFuture<UpstreamReply> begin(String method, String params) {
    CompletableFuture<UpstreamReply> reply = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            reply.complete(send(method, params));
          } catch (UpstreamException | InterruptedException | RuntimeException | Error e) {
            reply.completeExceptionally(e);
          }
        });
    return reply;
  }

  /** The one message that a request is answered with. */
  String ask(String method, String params) throws UpstreamException, InterruptedException {
    return text(send(method, params));
  }

  static String text(UpstreamReply reply) {
    try {
      return new String(single(reply).body().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static UpstreamReply.Single single(UpstreamReply reply) {
    if (reply instanceof UpstreamReply.Single single) {
      return single;
    }
    throw new AssertionError("several messages");
  }

  static UpstreamReply.Events events(UpstreamReply reply) {
    if (reply instanceof UpstreamReply.Events events) {
      return events;
    }
    throw new AssertionError("one message: " + text(reply));
  }

  /** The next message of several. */
  static String next(UpstreamReply.Events events) throws UpstreamException, InterruptedException {
    return events
        .next()
        .map(event -> new String(event.data(), StandardCharsets.UTF_8))
        .orElse("(end)");
  }
}
