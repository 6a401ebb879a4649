package dev.tollbar.bench;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/** A server inside the process, which says the same to every call: what a call costs without it. */
final class EchoKind implements TransportKind<EchoKind.NoConfig> {
  private static final String INITIALIZED =
      "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"echo\",\"version\":\"1\"}";
  private static final String SAID =
      "\"content\":[{\"type\":\"text\",\"text\":\"" + "x".repeat(256) + "\"}],\"isError\":false";

  /** Nothing can be set. */
  record NoConfig() {}

  @Override
  public String name() {
    return "echo";
  }

  @Override
  public Class<NoConfig> configType() {
    return NoConfig.class;
  }

  @Override
  public UpstreamTransport open(NoConfig config, TransportContext context) {
    return new Echo();
  }

  private static final class Echo implements UpstreamTransport, UpstreamSession {
    @Override
    public UpstreamSession connect() {
      return this;
    }

    @Override
    public UpstreamReply send(UpstreamMessage message) {
      return switch (message.kind()) {
        case REQUEST -> new Reply(reply(message));
        case NOTIFICATION, RESPONSE -> new UpstreamReply.Accepted();
      };
    }

    private static byte[] reply(UpstreamMessage request) {
      String result = request.method().equals("initialize") ? INITIALIZED : SAID;
      return ("{\"jsonrpc\":\"2.0\",\"id\":"
              + request.id().orElseThrow().json()
              + ",\"result\":{"
              + result
              + "}}")
          .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
      throw new UpstreamException(Reason.REFUSED, false, 405, "no streams");
    }

    @Override
    public boolean alive() {
      return true;
    }

    @Override
    public Health health() {
      return new Health(true, "inside");
    }

    @Override
    public void close() {}
  }

  private record Reply(byte[] bytes) implements UpstreamReply.Single {
    @Override
    public int status() {
      return 200;
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.of(bytes.length);
    }

    @Override
    public void close() {}
  }
}
