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

/** The entry {@code streamable_http} of a document. */
@Doc("An MCP server behind a URL, over streamable HTTP.")
public record StreamableHttpConfig(
    @Doc("Where the server is, http or https: https://tickets.example/mcp.") String url,
    @Doc("Headers to send with every request, such as Authorization. Nothing of the client's own.")
        @Default("{}")
        Map<String, Secret> headers,
    @Doc("How long opening a connection may take, TLS included.") @Default("\"10s\"")
        Duration connectTimeout,
    @Doc("How long the server may take to begin its reply. Left out: the server's timeout.")
        Optional<Duration> firstByteTimeout,
    @Doc(
            "How long a reply may pause. Left out: the server's timeout. The stream of messages that"
                + " belong to no request may pause for ever, and so may subscriptions.")
        Optional<Duration> idleTimeout,
    @Doc("How many connections for calls may be open at once.") @Default("256") int maxConnections,
    @Doc(
            "How many connections may be open at once for streams that belong to no call: each session"
                + " in use has one.")
        @Default("4096")
        int maxStreams,
    @Doc("How many bytes the head of a reply may have.") @Default("32768") int maxHeaderBytes,
    @Doc("How many bytes a reply that is one message may have.") @Default("67108864")
        long maxReplyBytes) {

  public StreamableHttpConfig {
    headers = Map.copyOf(headers);
    List<Problem> problems = new ArrayList<>(Endpoint.problems(url));
    problems.addAll(RequestHeaders.problems(headers));
    ConfigRange.check(problems, "connect_timeout", connectTimeout);
    ConfigRange.check(problems, "first_byte_timeout", firstByteTimeout);
    ConfigRange.check(problems, "idle_timeout", idleTimeout);
    ConfigRange.check(problems, "max_connections", maxConnections, 1, 65_536);
    ConfigRange.check(problems, "max_streams", maxStreams, 1, 65_536);
    ConfigRange.check(problems, "max_header_bytes", maxHeaderBytes, 1_024, 1_048_576);
    ConfigRange.check(problems, "max_reply_bytes", maxReplyBytes, 1_024, 1L << 40);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
