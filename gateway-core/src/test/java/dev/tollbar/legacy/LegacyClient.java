package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Says to a line what a legacy client would. */
record LegacyClient(UpstreamSession line) {
  static final String CAPABILITIES =
      "{\"sampling\":{},\"elicitation\":{\"form\":{},\"url\":{}},\"roots\":{\"listChanged\":true}}";

  static String initialize(String revision, String capabilities) {
    return "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\""
        + revision
        + "\",\"capabilities\":"
        + capabilities
        + ",\"clientInfo\":{\"name\":\"test\", \"version\":\"1.0\"}}}";
  }

  /** Introduces itself. */
  LegacyClient greet() throws Exception {
    answer(initialize("2025-11-25", CAPABILITIES));
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").close();
    return this;
  }

  UpstreamReply send(String json) throws UpstreamException, InterruptedException {
    return line.send(message(json));
  }

  static UpstreamMessage message(String json) {
    try {
      Message read = StrictParser.parse(json.getBytes(StandardCharsets.UTF_8));
      return new UpstreamMessage(
          read.bytes(),
          read.kind(),
          read.method(),
          read.id(),
          read.progressToken(),
          Optional.of("2025-11-25"));
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The answer to a request that is one message. */
  String answer(String json) throws UpstreamException, InterruptedException, IOException {
    try (UpstreamReply reply = send(json)) {
      UpstreamReply.Single single = (UpstreamReply.Single) reply;
      if (single.status() != 200) {
        throw new IllegalStateException("status " + single.status());
      }
      return new String(single.body().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The stream that a request is answered with. */
  UpstreamReply.Events events(String json) throws UpstreamException, InterruptedException {
    return (UpstreamReply.Events) send(json);
  }

  static String next(EventStream events) throws UpstreamException, InterruptedException {
    return events.next().map(event -> new String(event.data(), StandardCharsets.UTF_8)).orElse("");
  }

  static String request(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
        .formatted(id, method, params);
  }

  static String response(int id, String result) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":%s}".formatted(id, result);
  }
}
