package dev.tollbar.transport.http;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.api.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The entry {@code sse} of a document. */
@Doc("An MCP server of 2024-11-05 behind a URL, over HTTP+SSE. Newer ones: streamable_http.")
public record SseConfig(
    @Doc("Where the server's stream is, http or https: https://tickets.example/sse.") String url,
    @Doc("Headers to send with every request, such as Authorization. Nothing of the client's own.")
        @Default("{}")
        Map<String, Secret> headers,
    @Doc("How long opening a connection may take, TLS included.") @Default("\"10s\"")
        Duration connectTimeout,
    @Doc(
            "How long the server may take to begin its stream, to name its endpoint, and to accept a"
                + " message. Left out: the server's timeout.")
        Optional<Duration> firstByteTimeout,
    @Doc(
            "How long the server may say nothing to a call. Left out: the server's timeout. The stream"
                + " itself may pause for ever.")
        Optional<Duration> idleTimeout,
    @Doc("How many messages may be on their way to the server at once.") @Default("256")
        int maxConnections,
    @Doc("How many sessions may be open at once; each has a connection for its stream.")
        @Default("256")
        int maxStreams,
    @Doc("How many bytes the head of a reply may have.") @Default("32768") int maxHeaderBytes,
    @Doc("How many bytes one message of the server may have.") @Default("16777216")
        int maxEventBytes) {

  public SseConfig {
    headers = Map.copyOf(headers);
    List<Problem> problems = new ArrayList<>(Endpoint.problems(url));
    problems.addAll(RequestHeaders.problems(headers));
    ConfigRange.check(problems, "connect_timeout", connectTimeout);
    ConfigRange.check(problems, "first_byte_timeout", firstByteTimeout);
    ConfigRange.check(problems, "idle_timeout", idleTimeout);
    ConfigRange.check(problems, "max_connections", maxConnections, 1, 65_536);
    ConfigRange.check(problems, "max_streams", maxStreams, 1, 65_536);
    ConfigRange.check(problems, "max_header_bytes", maxHeaderBytes, 1_024, 1_048_576);
    ConfigRange.check(problems, "max_event_bytes", maxEventBytes, 1_024, 1 << 30);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
