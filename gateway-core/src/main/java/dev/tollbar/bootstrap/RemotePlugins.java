package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.plugins.PluginReport;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The plugins of a running gateway. */
final class RemotePlugins {
  private RemotePlugins() {}

  static List<PluginReport> of(RemoteGateway gateway)
      throws CommandException, InterruptedException {
    return gateway
        .get("/plugins", Map.of())
        .path("plugins")
        .valueStream()
        .map(RemotePlugins::report)
        .toList();
  }

  private static PluginReport report(JsonNode json) {
    return new PluginReport(
        json.path("file").asText(),
        text(json, "name"),
        text(json, "version"),
        text(json, "provider"),
        text(json, "requires"),
        json.path("api").asText(),
        text(json, "sha256"),
        text(json, "signer"),
        texts(json, "rule_kinds"),
        texts(json, "transport_kinds"),
        PluginReport.State.valueOf(json.path("state").asText().toUpperCase(Locale.ROOT)),
        text(json, "since").map(Instant::parse),
        text(json, "why"),
        texts(json, "warnings"));
  }

  private static Optional<String> text(JsonNode json, String member) {
    return json.has(member) ? Optional.of(json.path(member).asText()) : Optional.empty();
  }

  private static List<String> texts(JsonNode json, String member) {
    return json.path(member).valueStream().map(JsonNode::asText).toList();
  }
}
