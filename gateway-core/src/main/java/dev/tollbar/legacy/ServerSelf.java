package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.MessageId;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Members;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Revision;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a legacy server said of itself in {@code initialize}.
 *
 * @param revision the one that it chose
 */
record ServerSelf(Message hello, Revision revision) {

  private JsonNode result() {
    return hello.result().orElse(JsonNodeFactory.instance.objectNode());
  }

  /** Whether it has a capability, or a part of one that is true. */
  boolean has(String capability) {
    return result().path("capabilities").has(capability);
  }

  boolean has(String capability, String part) {
    return result().path("capabilities").path(capability).path(part).asBoolean(false);
  }

  /** Who it is, as JSON text. */
  Optional<String> info() {
    return text("result.serverInfo").filter(text -> text.startsWith("{"));
  }

  /** The answer to {@code server/discover}. */
  Output discovered(MessageId id) {
    // Tasks of the legacy revisions are others than those of the extension.
    String capabilities = Members.without(hello, "result.capabilities", Set.of("tasks"));
    String supported =
        Revision.modern().stream()
            .map(it -> JsonText.quote(it.text()))
            .collect(Collectors.joining(",", "[", "]"));
    String instructions =
        text("result.instructions")
            .filter(text -> text.startsWith("\""))
            .map(text -> ",\"instructions\":" + text)
            .orElse("");
    return Output.result(
        id,
        "{\"resultType\":\"complete\",\"supportedVersions\":%s,\"capabilities\":%s%s,\"ttlMs\":0,\"cacheScope\":\"private\"%s}"
            .formatted(supported, capabilities, instructions, metaMember()));
  }

  /** Who answers, as the last member of a result; nothing if the server has not said it. */
  String metaMember() {
    return info()
        .map(text -> ",\"_meta\":{" + JsonText.quote(MetaKeys.SERVER_INFO) + ":" + text + "}")
        .orElse("");
  }

  private Optional<String> text(String path) {
    return hello.range(path).map(this::text);
  }

  private String text(Range range) {
    return new String(
        hello.bytes(), range.from(), range.to() - range.from(), StandardCharsets.UTF_8);
  }
}
