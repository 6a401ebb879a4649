package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.protocol.ListFilter;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.MalformedListException;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Revision;
import dev.tollbar.upstream.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a server for its tools when a client calls one that no list has shown here yet: where there
 * are no sessions a client may have its list from long ago. What stays unknown is judged as such.
 */
final class ToolLookup {
  private static final Logger LOG = LoggerFactory.getLogger(ToolLookup.class);
  private static final int MOST_PAGES = 100;
  private static final int LARGEST_PAGE = 64 * 1024 * 1024;
  private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

  private final Map<String, Long> asked = new ConcurrentHashMap<>();

  /** Learns the server's tools if this one is not among those known. */
  void learn(Server server, String grant, String tool) {
    if (server.catalog().tool(tool).seen() || !isDue(server.digest())) {
      return;
    }
    try {
      UpstreamSession line = server.lines().forRequests(grant);
      Optional<String> cursor = Optional.empty();
      for (int page = 0; page < MOST_PAGES; page++) {
        ListFilter list = ListFilter.read(ask(line, cursor), Listing.TOOLS);
        list.entries().forEach(server.catalog()::learn);
        cursor = list.nextCursor();
        if (cursor.isEmpty()) {
          return;
        }
      }
    } catch (UpstreamException | IOException | MalformedListException e) {
      LOG.warn("{}: its tools cannot be looked up: {}", server.name(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A client that makes up names must not make the gateway ask each time. */
  private boolean isDue(String server) {
    long now = System.nanoTime();
    Long last = asked.get(server);
    if (last != null && now - last < AT_MOST_EVERY.toNanos()) {
      return false;
    }
    return last == null ? asked.putIfAbsent(server, now) == null : asked.replace(server, last, now);
  }

  private static byte[] ask(UpstreamSession line, Optional<String> cursor)
      throws UpstreamException, InterruptedException, IOException {
    MessageId id = MessageId.text("tollbar-tools");
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("jsonrpc", "2.0").put("id", "tollbar-tools").put("method", "tools/list");
    ObjectNode params = request.putObject("params");
    cursor.ifPresent(it -> params.put("cursor", it));
    ObjectNode meta = params.putObject("_meta");
    String revision = Revision.modern().getLast().text();
    meta.put(MetaKeys.PROTOCOL_VERSION, revision).putObject(MetaKeys.CLIENT_CAPABILITIES);
    UpstreamMessage message =
        new UpstreamMessage(
            request.toString().getBytes(StandardCharsets.UTF_8),
            Kind.REQUEST,
            "tools/list",
            Optional.of(id),
            Optional.empty(),
            Optional.of(revision),
            Map.of("Mcp-Method", "tools/list"));
    try (UpstreamReply reply = line.send(message)) {
      return switch (reply) {
        case UpstreamReply.Single single -> single.body().readNBytes(LARGEST_PAGE);
        case UpstreamReply.Events events -> response(events);
        case UpstreamReply.Accepted _ -> throw new IOException("the server gave no answer");
      };
    }
  }

  private static byte[] response(UpstreamReply.Events events)
      throws UpstreamException, InterruptedException, IOException {
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      byte[] data = next.get().data();
      if (ServerMessage.read(data).filter(it -> it.kind() == Kind.RESPONSE).isPresent()) {
        return data;
      }
    }
    throw new IOException("the server's stream ended before its answer");
  }
}
