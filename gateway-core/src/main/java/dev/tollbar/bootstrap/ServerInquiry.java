package dev.tollbar.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.lint.ServerTools.Listed;
import dev.tollbar.policy.Wording;
import dev.tollbar.protocol.Revision;
import dev.tollbar.upstream.ToolCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks one server for its tools: a handshake, then its list, page by page. For one thread. */
final class ServerInquiry {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_PAGES = 100;
  private static final int MOST_TOOLS = 20_000;
  private static final int LARGEST = 16 * 1024 * 1024;

  private final UpstreamSession session;
  private Optional<String> revision = Optional.empty();
  private long requests;

  ServerInquiry(UpstreamSession session) {
    this.session = session;
  }

  /**
   * All tools that it lists; none if it has no tools at all.
   *
   * @throws UpstreamException when it does not say; the message is for people
   */
  List<Listed> tools() throws UpstreamException, InterruptedException {
    return entries().stream()
        .map(tool -> new Listed(ToolCatalog.tool(tool), tool.path("inputSchema")))
        .toList();
  }

  /** As {@link #tools()}, as the server says them. */
  List<JsonNode> entries() throws UpstreamException, InterruptedException {
    JsonNode self = ask("initialize", hello());
    revision = Optional.ofNullable(self.path("protocolVersion").textValue());
    tell("notifications/initialized");
    if (!self.path("capabilities").has("tools")) {
      return List.of();
    }
    List<JsonNode> tools = new ArrayList<>();
    ObjectNode params = JSON.createObjectNode();
    for (int page = 0; page < MOST_PAGES; page++) {
      JsonNode list = ask("tools/list", params);
      if (!list.path("tools").isArray()) {
        throw malformed("its list of tools is none");
      }
      list.path("tools").forEach(tools::add);
      String cursor = list.path("nextCursor").textValue();
      if (cursor == null) {
        return tools;
      }
      if (tools.size() > MOST_TOOLS) {
        break;
      }
      params = JSON.createObjectNode().put("cursor", cursor);
    }
    throw malformed("its list of tools does not end");
  }

  private static ObjectNode hello() {
    ObjectNode params = JSON.createObjectNode();
    params.put("protocolVersion", Revision.newestLegacy().text());
    params.putObject("capabilities");
    params.putObject("clientInfo").put("name", "tollbar").put("version", Build.version());
    return params;
  }

  private void tell(String method) throws UpstreamException, InterruptedException {
    ObjectNode message = JSON.createObjectNode().put("jsonrpc", "2.0").put("method", method);
    session.send(message(message, Kind.NOTIFICATION, method, Optional.empty())).close();
  }

  private JsonNode ask(String method, ObjectNode params)
      throws UpstreamException, InterruptedException {
    MessageId id = MessageId.number(++requests);
    ObjectNode message = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", requests);
    message.put("method", method).set("params", params);
    UpstreamMessage request = message(message, Kind.REQUEST, method, Optional.of(id));
    try (UpstreamReply reply = session.send(request)) {
      JsonNode response = response(reply, id);
      if (response.has("error")) {
        throw new UpstreamException(
            Reason.REFUSED,
            true,
            0,
            "it answered "
                + method
                + " with the error "
                + response.path("error").path("code").asText()
                + ", "
                + Wording.quote(response.path("error").path("message").asText()));
      }
      return response.path("result");
    } catch (IOException _) {
      throw new UpstreamException(Reason.BROKEN, true, 0, "it broke off in its answer");
    }
  }

  private UpstreamMessage message(
      ObjectNode message, Kind kind, String method, Optional<MessageId> id) {
    byte[] bytes = message.toString().getBytes(StandardCharsets.UTF_8);
    return new UpstreamMessage(bytes, kind, method, id, Optional.empty(), revision);
  }

  private static JsonNode response(UpstreamReply reply, MessageId id)
      throws IOException, UpstreamException, InterruptedException {
    switch (reply) {
      case UpstreamReply.Accepted _ -> throw malformed("it accepted a request without an answer");
      case UpstreamReply.Single single -> {
        return parsed(single.body().readNBytes(LARGEST));
      }
      case UpstreamReply.Events events -> {
        for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
          JsonNode message = parsed(next.get().data());
          boolean answer = message.has("result") || message.has("error");
          if (answer && MessageId.of(message.path("id")).equals(Optional.of(id))) {
            return message;
          }
        }
        throw new UpstreamException(Reason.BROKEN, true, 0, "its stream ended before its answer");
      }
    }
  }

  /** Comments and keep-alives have no data. */
  private static JsonNode parsed(byte[] bytes) throws IOException, UpstreamException {
    if (bytes.length == 0) {
      return JSON.missingNode();
    }
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException _) {
      throw malformed("it answered something that is not JSON");
    }
  }

  private static UpstreamException malformed(String message) {
    return new UpstreamException(Reason.MALFORMED, true, 0, message);
  }
}
