package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Parts;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Revision;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What a client said once, in its handshake, and has to be said anew with every request to a modern
 * server (MCP 2026-07-28, base protocol, "_meta").
 *
 * @param revision that the client speaks
 * @param capabilities what it can do for the server, as far as that can be carried; JSON text
 * @param info its name and version, as it wrote them; JSON text
 * @param logLevel the least severe log message that it wants; none before it asked for any
 */
record ClientProfile(
    Revision revision, String capabilities, Optional<String> info, Optional<String> logLevel) {
  static final Revision SPOKEN = Revision.V2026_07_28;

  /** The extension of that name differs so much between the eras that it is not carried. */
  static final String TASKS = "io.modelcontextprotocol/tasks";

  static ClientProfile of(Message initialize) {
    Revision revision = Handshake.offeredRevision(initialize);
    JsonNode capabilities = initialize.params().path("capabilities");
    Optional<String> info =
        initialize
            .range("params.clientInfo")
            .filter(_ -> initialize.params().path("clientInfo").isObject())
            .map(range -> text(initialize.bytes(), range));
    return new ClientProfile(
        revision, carried(capabilities, revision).toString(), info, Optional.empty());
  }

  ClientProfile withLogLevel(String level) {
    return new ClientProfile(revision, capabilities, info, Optional.of(level));
  }

  /** The members of {@code _meta} that say all this. */
  SequencedMap<String, String> meta() {
    SequencedMap<String, String> meta = new LinkedHashMap<>();
    meta.put(MetaKeys.PROTOCOL_VERSION, JsonText.quote(SPOKEN.text()));
    meta.put(MetaKeys.CLIENT_CAPABILITIES, capabilities);
    info.ifPresent(json -> meta.put(MetaKeys.CLIENT_INFO, json));
    logLevel.ifPresent(level -> meta.put(MetaKeys.LOG_LEVEL, JsonText.quote(level)));
    return meta;
  }

  /** What the server may ask of the client: no more than its revision knows. */
  private static ObjectNode carried(JsonNode declared, Revision revision) {
    ObjectNode carried = JsonNodeFactory.instance.objectNode();
    if (declared.get("sampling") instanceof ObjectNode sampling) {
      carried.set("sampling", sampling.deepCopy().without("tasks"));
    }
    if (declared.get("roots") instanceof ObjectNode roots) {
      // A modern server asks for the roots when it needs them, and is not told of changes.
      carried.set("roots", roots.deepCopy().without("listChanged"));
    }
    if (declared.get("elicitation") instanceof ObjectNode elicitation
        && revision.isSince(Revision.V2025_06_18)) {
      ObjectNode forms = elicitation.deepCopy().without("tasks");
      carried.set(
          "elicitation", revision.isSince(Revision.V2025_11_25) ? forms : forms.without("url"));
    }
    if (declared.get("extensions") instanceof ObjectNode extensions) {
      carried.set("extensions", extensions.deepCopy().without(TASKS));
    }
    return carried;
  }

  private static String text(byte[] bytes, Range range) {
    return new String(Parts.bytes(bytes, range), StandardCharsets.UTF_8);
  }
}
