package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.protocol.CacheHints;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.ModernRequest;
import dev.tollbar.protocol.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What all servers have to tell of themselves where there is no handshake. */
final class Discovery {
  private final Lines lines;
  private final Settings settings;
  private final String version;

  Discovery(Lines lines, Settings settings, String version) {
    this.lines = lines;
    this.settings = settings;
    this.version = version;
  }

  /** The reply to {@code server/discover}. */
  byte[] answer(JointSession client, Message request) throws InterruptedException {
    ObjectNode capabilities = JsonNodeFactory.instance.objectNode();
    List<String> instructions = new ArrayList<>();
    Map<String, String> degraded = new TreeMap<>();
    asked(client, request)
        .forEach((server, answer) -> {
          Optional<JsonNode> result =
              answer
                  .message()
                  .flatMap(Json::read)
                  .map(it -> it.path("result"))
                  .filter(JsonNode::isObject);
          if (result.isEmpty()) {
            degraded.put(server, "It cannot be reached, or did not answer.");
            return;
          }
          Welcome.merge(capabilities, result.get().path("capabilities"));
          String text = result.get().path("instructions").asText("").strip();
          if (!text.isEmpty()) {
            instructions.add("# " + server + "\n\n" + text);
          }
        });
    if (!degraded.isEmpty()) {
      Welcome.promise(capabilities);
    }
    String told =
        instructions.isEmpty()
            ? ""
            : ",\"instructions\":"
                + JsonNodeFactory.instance.textNode(String.join("\n\n", instructions));
    return Replies.result(
        request.id().orElseThrow(),
        "{\"supportedVersions\":"
            + ModernRequest.served()
            + ",\"capabilities\":"
            + capabilities
            + told
            + ","
            + CacheHints.members(0)
            + ",\"_meta\":"
            + meta(degraded)
            + "}");
  }

  private Map<String, Collected> asked(JointSession client, Message request)
      throws InterruptedException {
    FanOut<Collected> asked = new FanOut<>();
    for (Member member : client.members()) {
      Joined session = member.joined().orElseThrow();
      asked.ask(
          member.server(),
          settings.patience(),
          () -> lines.ask(client, member, session, request.bytes()));
    }
    return asked.answers(_ -> new Collected(_ -> {}));
  }

  private ObjectNode meta(Map<String, String> degraded) {
    ObjectNode meta = JsonNodeFactory.instance.objectNode();
    meta.putObject(MetaKeys.SERVER_INFO).put("name", "tollbar").put("version", version);
    if (!degraded.isEmpty()) {
      degraded.forEach(meta.putObject(Degraded.MEMBER)::put);
    }
    return meta;
  }
}
