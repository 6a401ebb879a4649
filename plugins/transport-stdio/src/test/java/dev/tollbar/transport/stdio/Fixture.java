package dev.tollbar.transport.stdio;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.Secret;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the tests of this package share: servers that are a few lines of shell or JavaScript. */
final class Fixture {
  static final Duration LONG = Duration.ofSeconds(30);

  private Fixture() {}

  /** A program of node that calls {@code handle} with each message and has {@code say}. */
  static StdioConfig node(String program) {
    String whole =
        """
        const say = (m) => process.stdout.write(JSON.stringify(m) + "\\n");
        require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
          const m = JSON.parse(line);
          handle(m, line);
        });
        """
            + program;
    return config("node", List.of("-e", whole));
  }

  static StdioConfig shell(String script) {
    return config("sh", List.of("-c", script));
  }

  static StdioConfig config(String command, List<String> args) {
    return config(command, args, 4, LONG);
  }

  static StdioConfig config(
      String command, List<String> args, int maxProcesses, Duration idleTimeout) {
    return new StdioConfig(
        command,
        args,
        Map.of("EXTRA", new Secret("from the document")),
        Optional.empty(),
        maxProcesses,
        idleTimeout,
        100_000,
        Duration.ofMillis(500));
  }

  static StdioTransport transport(StdioConfig config) {
    return transport(config, LONG);
  }

  static StdioTransport transport(StdioConfig config, Duration timeout) {
    return transport(config, timeout, LoggerFactory.getLogger("test"), InstantSource.system());
  }

  static StdioTransport transport(
      StdioConfig config, Duration timeout, Logger logger, InstantSource clock) {
    Context context = new Context(timeout, logger);
    return new StdioTransport(
        config, context, Launch.of(config, context.folder(), System.getenv()), clock);
  }

  static UpstreamMessage request(String method, MessageId id) {
    return message(
        Kind.REQUEST,
        method,
        Optional.of(id),
        Optional.of(MessageId.text("p" + id.json().replace("\"", "s"))),
        "{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + ",\"method\":\"" + method + "\"}");
  }

  static UpstreamMessage call(int id) {
    return request("tools/call", MessageId.number(id));
  }

  static UpstreamMessage notification(String method) {
    return message(
        Kind.NOTIFICATION,
        method,
        Optional.empty(),
        Optional.empty(),
        "{\"jsonrpc\":\"2.0\",\r\n\"method\":\"" + method + "\"}");
  }

  static UpstreamMessage response(int id) {
    return message(
        Kind.RESPONSE,
        "",
        Optional.of(MessageId.number(id)),
        Optional.empty(),
        "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}");
  }

  private static UpstreamMessage message(
      Kind kind, String method, Optional<MessageId> id, Optional<MessageId> token, String json) {
    return new UpstreamMessage(
        json.getBytes(StandardCharsets.UTF_8), kind, method, id, token, Optional.empty());
  }

  static String text(UpstreamReply reply) throws Exception {
    try (UpstreamReply.Single single = (UpstreamReply.Single) reply) {
      return new String(single.body().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Optional<String> data(EventStream stream) throws Exception {
    return stream.next().map(event -> new String(event.data(), StandardCharsets.UTF_8));
  }

  private record Context(Duration timeout, Logger logger) implements TransportContext {
    @Override
    public String server() {
      return "files";
    }

    @Override
    public Path folder() {
      return Path.of("").toAbsolutePath();
    }
  }
}
