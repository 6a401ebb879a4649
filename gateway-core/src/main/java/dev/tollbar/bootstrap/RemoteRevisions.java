package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.Revisions.How;
import dev.tollbar.state.Revisions.InForce;
import dev.tollbar.state.StoredPlugin;
import dev.tollbar.state.StoredRevision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The history of the document at a running gateway. */
record RemoteRevisions(RemoteGateway gateway) {

  /** Newest first. */
  List<InForce> history() throws CommandException, InterruptedException {
    return gateway.all("/revisions", Map.of()).stream()
        .map(it ->
            new InForce(
                it.path("number").asLong(),
                Instant.parse(it.path("at").asText()),
                it.path("revision").asText(),
                it.path("file").asText(),
                How.valueOf(it.path("how").asText().toUpperCase(Locale.ROOT)),
                plugins(it.path("plugins"))))
        .toList();
  }

  /**
   * What was saved where the gateway reads the document, and is not in force.
   *
   * @param changed files
   * @param problems why
   */
  record Saved(List<String> changed, List<String> problems) {}

  Saved saved() throws CommandException, InterruptedException {
    JsonNode document = gateway.get("/document", Map.of());
    return new Saved(
        document.path("changed").valueStream().map(JsonNode::asText).toList(),
        document.path("problems").valueStream().map(RemoteRevisions::problem).toList());
  }

  private static String problem(JsonNode json) {
    StringBuilder text = new StringBuilder(json.path("file").asText());
    if (json.has("line")) {
      text.append(text.isEmpty() ? "" : ":")
          .append(json.path("line").asInt())
          .append(':')
          .append(json.path("column").asInt());
    }
    return text.append(text.isEmpty() ? "" : ": ").append(json.path("message").asText()).toString();
  }

  private static Optional<PluginSet> plugins(JsonNode json) {
    if (!json.isArray()) {
      return Optional.empty();
    }
    List<StoredPlugin> plugins = new ArrayList<>();
    for (JsonNode it : json) {
      plugins.add(
          new StoredPlugin(
              it.path("name").asText(), it.path("version").asText(), it.path("sha256").asText()));
    }
    return Optional.of(PluginSet.of(plugins));
  }

  /**
   * A revision.
   *
   * @param name the beginning of its id, {@code current} or {@code previous}
   */
  StoredRevision find(String name) throws CommandException, InterruptedException {
    JsonNode json = gateway.get("/revisions/" + RemoteGateway.segment(name), Map.of());
    TreeMap<String, String> files = new TreeMap<>();
    json.path("files")
        .properties()
        .forEach(file -> files.put(file.getKey(), file.getValue().asText()));
    return new StoredRevision(
        json.path("revision").asText(),
        json.path("file").asText(),
        json.path("text").asText(),
        files);
  }

  /** In words and as data. */
  JsonNode diff(String from, String to) throws CommandException, InterruptedException {
    return gateway.get("/diff", Map.of("from", from, "to", to));
  }

  /** Whether it is in force then. */
  boolean rollBack(String revision, boolean force) throws CommandException, InterruptedException {
    return gateway
        .post(
            "/revisions/" + RemoteGateway.segment(revision) + "/rollback",
            JsonNodeFactory.instance.objectNode().put("force", force))
        .path("in_force")
        .asBoolean();
  }
}
