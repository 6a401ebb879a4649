package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.state.StoreFile;
import java.nio.file.Path;

/**
 * What the file of the store holds, for people and for programs.
 *
 * @param runs whether a gateway runs on it
 */
record StateReport(StoreFile.Info info, boolean runs) {

  /** As {@link #json()} writes it. */
  static StateReport of(JsonNode json) {
    return new StateReport(
        new StoreFile.Info(
            Path.of(json.path("file").asText()),
            json.path("bytes").asLong(),
            json.path("log_bytes").asLong(),
            json.path("schema").asLong(),
            json.path("newest_schema").asLong(),
            json.path("grants").asLong(),
            json.path("revoked_grants").asLong(),
            json.path("approvals").asLong(),
            json.path("open_approvals").asLong(),
            json.path("revisions").asLong(),
            json.path("times_in_force").asLong(),
            json.path("plugin_sets").asLong(),
            json.path("counters").asLong(),
            json.path("counters_over").asLong(),
            json.path("faults").valueStream().map(JsonNode::asText).toList()),
        json.path("gateway_running").asBoolean());
  }

  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("file", info.file().toString());
    node.put("bytes", info.bytes());
    node.put("log_bytes", info.logBytes());
    node.put("schema", info.schema());
    node.put("newest_schema", info.newestSchema());
    node.put("grants", info.grants());
    node.put("revoked_grants", info.revokedGrants());
    node.put("approvals", info.approvals());
    node.put("open_approvals", info.openApprovals());
    node.put("revisions", info.revisions());
    node.put("times_in_force", info.inForce());
    node.put("plugin_sets", info.pluginSets());
    node.put("counters", info.counters());
    node.put("counters_over", info.overCounters());
    node.put("gateway_running", runs);
    info.faults().forEach(node.putArray("faults")::add);
    return node;
  }

  /** Ends with a line feed. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "file", info.file().toString());
    line(
        text,
        "size",
        StateCommand.counted(info.bytes(), "byte")
            + (info.logBytes() == 0 ? "" : ", and " + info.logBytes() + " in the log"));
    line(
        text,
        "schema",
        info.schema()
            + (info.schema() < info.newestSchema()
                ? ", which a gateway of this version brings to " + info.newestSchema()
                : ""));
    line(text, "grants", info.grants() + part(info.revokedGrants(), "revoked"));
    line(text, "approvals", info.approvals() + part(info.openApprovals(), "open"));
    line(
        text,
        "revisions",
        info.revisions()
            + ", came into force "
            + StateCommand.counted(info.inForce(), "time")
            + ", with "
            + StateCommand.counted(info.pluginSets(), "set")
            + " of plugins");
    line(text, "counters", info.counters() + part(info.overCounters(), "over"));
    line(text, "gateway", runs ? "running" : "not running");
    line(text, "integrity", info.faults().isEmpty() ? "sound" : "damaged");
    info.faults().forEach(fault -> text.append("  ").append(fault).append('\n'));
    return text.toString();
  }

  private static String part(long number, String what) {
    return number == 0 ? "" : ", " + number + " " + what;
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(" ".repeat(12 - name.length())).append(value).append('\n');
  }
}
