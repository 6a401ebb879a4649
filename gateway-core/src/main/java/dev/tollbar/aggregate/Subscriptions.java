package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.tollbar.api.MessageId;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.ListChanged;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Replies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code subscriptions/listen} to all servers as one (MCP 2026-07-28): a stream of each server,
 * which the client hears on one. Each is sent the request under the client's id, so what it says
 * names the client's subscription already.
 */
final class Subscriptions {
  private static final String WANTED = "notifications";
  private static final String RESOURCES = "resourceSubscriptions";

  private final Lines lines;
  private final Settings settings;
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

  Subscriptions(Lines lines, Settings settings) {
    this.lines = lines;
    this.settings = settings;
  }

  /** Serves the stream until the client leaves, or no server has anything more to say. */
  void listen(JointSession client, Message request, ClientReply reply) throws IOException {
    CommonStream stream = new CommonStream(reply.events(), settings.keepAlive());
    List<SubscribedStream> parts = new ArrayList<>();
    FanOut<JsonNode> acknowledged = new FanOut<>((_, granted) -> changed(stream, request, granted));
    for (Member member : client.members()) {
      byte[] body = body(client, member, request);
      SubscribedStream part = new SubscribedStream(client, member, lines, body, stream, settings);
      parts.add(part);
      part.start();
      acknowledged.ask(member.server(), settings.patience(), part::acknowledged);
    }
    waiting.add(Thread.currentThread());
    try {
      Map<String, JsonNode> granted =
          acknowledged.answers(_ -> JsonNodeFactory.instance.missingNode());
      stream.begin(acknowledgement(client, request.id().orElseThrow(), granted));
      stream.awaitEnd(parts.stream().map(SubscribedStream::thread).toList());
      stream.end(result(request.id().orElseThrow()));
    } catch (InterruptedException e) {
      // The gateway is stopping; the answer has begun, and has only its end left to be told.
      stream.end(result(request.id().orElseThrow()));
    } finally {
      waiting.remove(Thread.currentThread());
      parts.forEach(SubscribedStream::stop);
    }
  }

  /** Ends all streams. */
  void end() {
    waiting.forEach(Thread::interrupt);
  }

  /**
   * A server began to listen after the client was told who does: its lists are new to the client.
   */
  private static void changed(CommonStream stream, Message request, JsonNode granted) {
    for (ListChanged change : ListChanged.values()) {
      if (granted.isObject() && change.isWantedBy(request)) {
        stream.write(change.message(request.id()));
      }
    }
  }

  /** The request as one server gets it: with its own resources only. */
  private static byte[] body(JointSession client, Member member, Message request) {
    JsonNode wanted = request.params().path(WANTED);
    if (!wanted.has(RESOURCES)) {
      return request.bytes();
    }
    Set<String> servers = new HashSet<>();
    client.members().forEach(it -> servers.add(it.server()));
    ArrayNode own = JsonNodeFactory.instance.arrayNode();
    for (JsonNode uri : wanted.path(RESOURCES)) {
      client
          .uris()
          .find(uri.asText(), servers)
          .filter(owned -> owned.server().equals(member.server()))
          .ifPresent(owned -> own.add(owned.name()));
    }
    ObjectNode params = request.params().deepCopy();
    params.withObjectProperty(WANTED).set(RESOURCES, own);
    String json =
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + request.id().orElseThrow().json()
            + ",\"method\":\"subscriptions/listen\",\"params\":"
            + params
            + "}";
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] acknowledgement(
      JointSession client, MessageId id, Map<String, JsonNode> granted) {
    ObjectNode params = JsonNodeFactory.instance.objectNode();
    ObjectNode meta = params.putObject("_meta");
    meta.putRawValue(MetaKeys.SUBSCRIPTION_ID, new RawValue(id.json()));
    ObjectNode all = params.putObject(WANTED);
    Map<String, String> degraded = new TreeMap<>();
    granted.forEach((server, part) -> {
      if (!part.isObject()) {
        degraded.put(server, Member.NO_ANSWER_YET);
      }
      for (Map.Entry<String, JsonNode> member : part.properties()) {
        if (member.getKey().equals(RESOURCES)) {
          ArrayNode uris = all.withArrayProperty(RESOURCES);
          member.getValue().forEach(uri -> uris.add(client.uris().told(uri.asText(), server)));
        } else if (member.getValue().asBoolean()) {
          all.put(member.getKey(), true);
        }
      }
    });
    if (!degraded.isEmpty()) {
      degraded.forEach(meta.putObject(Degraded.MEMBER)::put);
    }
    return ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":"
            + params
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] result(MessageId id) {
    return Replies.result(
        id,
        "{\"resultType\":\"complete\",\"_meta\":{\""
            + MetaKeys.SUBSCRIPTION_ID
            + "\":"
            + id.json()
            + "}}");
  }
}
