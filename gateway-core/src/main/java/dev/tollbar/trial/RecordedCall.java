package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import dev.tollbar.audit.DecisionReader;
import dev.tollbar.policy.Section;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A call as its record has it. It notes whether a rule asks for the tool, of which there may be
 * only the name. For one rule at a time.
 */
final class RecordedCall implements Call {
  private final DecisionReader.Entry record;
  private final Section section;
  private final Map<String, String> labels;
  private final String policy;
  private final RecordedArguments arguments;
  private final Tool tool;
  private volatile boolean toolAsked;

  RecordedCall(
      DecisionReader.Entry record, Section section, Map<String, String> labels, String policy) {
    this.record = record;
    this.section = section;
    this.labels = Map.copyOf(labels);
    this.policy = policy;
    this.arguments = RecordedArguments.of(record);
    this.tool = tool(record);
  }

  private static Tool tool(DecisionReader.Entry record) {
    String name = record.text("tool").orElse("");
    JsonNode annotations = record.json().path("tool_annotations");
    if (!annotations.isObject()) {
      return Tool.named(name);
    }
    Map<String, JsonNode> said = new HashMap<>();
    annotations.properties().forEach(each -> said.put(each.getKey(), each.getValue()));
    return Tool.described(name, said);
  }

  /** Whether the record has what the server's own list said of the tool. */
  boolean toolKnown() {
    return tool.seen();
  }

  Section section() {
    return section;
  }

  RecordedArguments recorded() {
    return arguments;
  }

  /** Forgets what was asked for. */
  void forget() {
    arguments.forget();
    toolAsked = false;
  }

  boolean toolAsked() {
    return toolAsked;
  }

  @Override
  public String grant() {
    return record.text("grant").orElse("");
  }

  @Override
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public String server() {
    return record.text("server").orElse("");
  }

  @Override
  public String policy() {
    return policy;
  }

  @Override
  public Optional<String> session() {
    return record.text("session");
  }

  @Override
  public String protocolRevision() {
    return record.text("protocol_revision").orElse("");
  }

  @Override
  public String method() {
    return TrialCall.method(section);
  }

  @Override
  public Tool tool() {
    toolAsked = !toolKnown();
    return tool;
  }

  @Override
  public ObjectNode arguments() {
    return arguments.node();
  }

  @Override
  public Instant time() {
    return record.time();
  }
}
