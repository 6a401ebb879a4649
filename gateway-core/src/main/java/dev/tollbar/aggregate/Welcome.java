package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.protocol.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a client is answered to {@code initialize}: the capabilities of all servers as one. The
 * revision is the one that the client asked for, whatever servers chose: each of them is spoken to
 * in its own, and one that joins later could not change what was agreed.
 */
final class Welcome {
  private static final List<String> LISTS = List.of("tools", "prompts", "resources");

  private Welcome() {}

  static byte[] reply(JointSession client, String version) {
    Map<String, String> degraded = client.degraded();
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("protocolVersion", client.revision().text());
    result.set("capabilities", capabilities(client, !degraded.isEmpty()));
    result.putObject("serverInfo").put("name", "tollbar").put("version", version);
    String instructions = instructions(client);
    if (!instructions.isEmpty()) {
      result.put("instructions", instructions);
    }
    if (!degraded.isEmpty()) {
      ObjectNode missing = result.putObject("_meta").putObject(Degraded.MEMBER);
      degraded.forEach(missing::put);
    }
    return Replies.result(client.initialize().id().orElseThrow(), result.toString());
  }

  /** What any server offers. What a missing one will offer is not known, so it is promised. */
  private static ObjectNode capabilities(JointSession client, boolean incomplete) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    for (Member member : client.members()) {
      member.joined().ifPresent(session -> merge(all, session.capabilities()));
    }
    if (incomplete) {
      promise(all);
      all.withObjectProperty("logging");
    }
    for (String list : LISTS) {
      if (all.has(list)) {
        all.withObjectProperty(list).put("listChanged", true);
      }
    }
    return all;
  }

  static void promise(ObjectNode all) {
    LISTS.forEach(list -> all.withObjectProperty(list));
    all.withObjectProperty("resources").put("subscribe", true);
    all.withObjectProperty("completions");
  }

  /** Objects are united, true wins over false, and of other values the first one stays. */
  static void merge(ObjectNode all, JsonNode more) {
    for (Map.Entry<String, JsonNode> member : more.properties()) {
      JsonNode there = all.get(member.getKey());
      if (there == null) {
        all.set(member.getKey(), member.getValue().deepCopy());
      } else if (there instanceof ObjectNode object) {
        merge(object, member.getValue());
      } else if (there.isBoolean() && member.getValue().isBoolean()) {
        boolean either = there.booleanValue() || member.getValue().booleanValue();
        all.set(member.getKey(), BooleanNode.valueOf(either));
      }
    }
  }

  private static String instructions(JointSession client) {
    List<String> parts = new ArrayList<>();
    for (Member member : client.members()) {
      member
          .joined()
          .flatMap(Joined::instructions)
          .ifPresent(text -> parts.add("# " + member.server() + "\n\n" + text.strip()));
    }
    return String.join("\n\n", parts);
  }
}
