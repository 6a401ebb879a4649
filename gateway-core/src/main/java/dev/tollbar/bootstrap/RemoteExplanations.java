package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.audit.DecisionReader;
import java.util.Optional;

/** Why a running gateway decides calls as it does, by its document in force. */
record RemoteExplanations(RemoteGateway gateway) {

  /** Of a call that nobody made; it is described as the admin API wants it. */
  String call(ObjectNode call, Format format) throws CommandException, InterruptedException {
    JsonNode told = gateway.post("/explanation", call);
    return format == Format.JSON ? pretty(told.path("explanation")) : told.path("words").asText();
  }

  /** Of a recorded call. */
  String recorded(long seq, Optional<ObjectNode> arguments, Format format)
      throws CommandException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    arguments.ifPresent(object -> body.set("arguments", object));
    JsonNode told = gateway.post("/records/" + seq + "/explanation", body);
    if (format == Format.JSON) {
      return pretty(((ObjectNode) told).without("words"));
    }
    DecisionReader.Entry record = RemoteRecords.entry(told.path("record"));
    return "recorded: %s%n%s%n%s"
        .formatted(
            AuditCommand.Show.shown(record),
            told.path("same_revision").asBoolean()
                ? "under the revision that is in force"
                : "under another revision than the one in force",
            told.path("words").asText());
  }

  private static String pretty(JsonNode json) {
    return json.toPrettyString() + System.lineSeparator();
  }
}
