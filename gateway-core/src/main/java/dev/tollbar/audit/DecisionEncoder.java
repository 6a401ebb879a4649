package dev.tollbar.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes records as JSON lines. Absent members are left out; long texts are cut. One thread. */
final class DecisionEncoder {
  private static final int MAX_TEXT = 500;
  private static final int MAX_KEYS = 100;
  private static final int MAX_VALUE = 4_000;
  private static final int MAX_KEY = 80;
  private static final int MAX_ANNOTATIONS = 20;
  private static final int MAX_ANNOTATION = 100;

  private static final JsonFactory JSON = new JsonFactory();

  private final JsonLine line = new JsonLine();
  private final RecordTime time = new RecordTime();

  /** The line as a JSON object, without what the chain adds. */
  byte[] body(LogLine of) {
    line.begin();
    line.beginObject();
    switch (of) {
      case DecisionRecord record -> decision(record);
      case AdminAction action -> action(action);
      case LogEvent event -> event(event);
    }
    line.endObject();
    return line.toByteArray();
  }

  private void action(AdminAction action) {
    line.field("time", time.text(action.time()));
    line.field("event", "admin");
    line.field("who", cut(action.who(), MAX_TEXT));
    text("role", action.role());
    if (action.status().isEmpty()) {
      line.field("via", "command");
    }
    line.field("action", action.action());
    text("target", action.target());
    line.field("result", action.result().wire());
    text("detail", action.detail());
    if (action.status().isPresent()) {
      line.field("status", action.status().getAsInt());
    }
  }

  private void event(LogEvent event) {
    line.field("time", time.text(event.time()));
    line.field("event", event.kind().wire());
    for (Map.Entry<String, Object> detail : event.details().entrySet()) {
      if (detail.getValue() instanceof Number number) {
        line.field(detail.getKey(), number.longValue());
      } else {
        line.field(detail.getKey(), String.valueOf(detail.getValue()));
      }
    }
  }

  private void decision(DecisionRecord record) {
    line.field("time", time.text(record.time()));
    line.field("decision", record.decision().wire());
    text("code", record.code());
    text("rule", record.rule());
    text("rule_id", record.ruleId());
    text("rule_pointer", record.rulePointer());
    text("plugin", record.plugin());
    text("reason", record.reason());
    text("grant", record.grant());
    text("server", record.server());
    text("policy", record.policy());
    text("revision", record.revision());
    text("session", record.session());
    requestId(record.requestId());
    text("protocol_revision", record.protocolRevision());
    text("method", record.method());
    text("tool", record.tool());
    if (record.toolAnnotations().isPresent()) {
      toolAnnotations(record.toolAnnotations().get());
    }
    argumentKeys(record);
    text("arguments_hmac", record.argumentsDigest());
    values(record.values());
    trace(record.trace());
    debug(record.debug());
    limits(record.limits());
    approvals(record.approvals());
    stages(record.stages());
    upstream(record.upstream());
    text("upstream_reason", record.upstreamReason());
    if (record.status().isPresent()) {
      line.field("status", record.status().getAsInt());
    }
  }

  private void text(String name, Optional<String> value) {
    if (value.isPresent()) {
      line.field(name, cut(value.get(), MAX_TEXT));
    }
  }

  private void requestId(Optional<String> id) {
    if (id.isEmpty()) {
      return;
    }
    String json = id.get();
    if (isWholeNumber(json)) {
      line.json("request_id", json);
      return;
    }
    try (JsonParser parser = JSON.createParser(json)) {
      String text = parser.nextTextValue();
      line.field("request_id", cut(text == null ? json : text, MAX_TEXT));
    } catch (IOException _) {
      line.field("request_id", cut(json, MAX_TEXT));
    }
  }

  private static boolean isWholeNumber(String json) {
    int first = json.startsWith("-") ? 1 : 0;
    if (json.length() == first || json.length() > 40) {
      return false;
    }
    for (int i = first; i < json.length(); i++) {
      if (json.charAt(i) < '0' || json.charAt(i) > '9') {
        return false;
      }
    }
    return json.charAt(first) != '0' || json.length() == first + 1;
  }

  private void argumentKeys(DecisionRecord record) {
    if (record.argumentsDigest().isEmpty()) {
      return;
    }
    line.beginArray("argument_keys");
    for (String key :
        record.argumentKeys().subList(0, Math.min(MAX_KEYS, record.argumentKeys().size()))) {
      line.element(cut(key, MAX_KEY));
    }
    line.endArray();
  }

  /** All of them, or none: with a part a call would be judged again as another one. */
  private void toolAnnotations(Map<String, JsonNode> annotations) {
    boolean fits =
        annotations.size() <= MAX_ANNOTATIONS
            && annotations.entrySet().stream()
                .allMatch(each ->
                    each.getKey().length() <= MAX_ANNOTATION
                        && each.getValue().isValueNode()
                        && each.getValue().asText().length() <= MAX_ANNOTATION);
    if (!fits) {
      return;
    }
    line.beginObject("tool_annotations");
    for (Map.Entry<String, JsonNode> each : annotations.entrySet()) {
      if (each.getValue().isTextual()) {
        line.field(each.getKey(), each.getValue().textValue());
      } else {
        line.json(each.getKey(), each.getValue().toString());
      }
    }
    line.endObject();
  }

  private void trace(List<DecisionRecord.RuleTrace> trace) {
    if (trace.isEmpty()) {
      return;
    }
    line.beginArray("trace");
    for (DecisionRecord.RuleTrace rule : trace) {
      line.beginObject();
      line.field("rule", cut(rule.rule(), MAX_TEXT));
      if (!rule.pointer().equals(Optional.of(rule.rule()))) {
        text("pointer", rule.pointer());
      }
      line.field("kind", cut(rule.kind(), MAX_TEXT));
      line.field("plugin", cut(rule.plugin(), MAX_TEXT));
      line.field("verdict", rule.verdict());
      text("reason", rule.reason());
      if (rule.shadow()) {
        line.field("shadow", true);
      }
      line.endObject();
    }
    line.endArray();
  }

  private void debug(List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    line.beginArray("debug");
    for (String each : lines) {
      line.element(cut(each, MAX_TEXT));
    }
    line.endArray();
  }

  /** What is longer than is good for a log is recorded as a text, which says so by its end. */
  private void values(Map<String, String> values) {
    if (values.isEmpty()) {
      return;
    }
    line.beginObject("values");
    for (Map.Entry<String, String> value : values.entrySet()) {
      String path = cut(value.getKey(), MAX_TEXT);
      if (value.getValue().length() > MAX_VALUE) {
        line.field(path, cut(value.getValue(), MAX_VALUE));
      } else {
        line.json(path, value.getValue());
      }
    }
    line.endObject();
  }

  private void limits(List<DecisionRecord.LimitState> limits) {
    if (limits.isEmpty()) {
      return;
    }
    line.beginArray("limits");
    for (DecisionRecord.LimitState limit : limits) {
      line.beginObject();
      line.field("rule", cut(limit.rule(), MAX_TEXT));
      text("limit", limit.limit());
      text("max", limit.max().map(BigDecimal::toPlainString));
      line.field("remaining", cut(limit.remaining().toPlainString(), MAX_TEXT));
      if (limit.resetsMillis().isPresent()) {
        line.field("resets_ms", limit.resetsMillis().getAsLong());
      }
      if (limit.shadow()) {
        line.field("shadow", true);
      }
      line.endObject();
    }
    line.endArray();
  }

  private void approvals(List<String> approvals) {
    if (approvals.isEmpty()) {
      return;
    }
    line.beginArray("approvals");
    for (String id : approvals) {
      line.element(cut(id, MAX_TEXT));
    }
    line.endArray();
  }

  private void stages(StageTimes stages) {
    if (stages.isEmpty()) {
      return;
    }
    line.beginObject("stages_us");
    for (Stage stage : Stage.ALL) {
      if (stages.reached(stage)) {
        line.field(stage.wire(), stages.micros(stage));
      }
    }
    line.endObject();
  }

  private void upstream(UpstreamOutcome upstream) {
    line.field("upstream", upstream.kind().wire());
    if (upstream.errorCode().isPresent()) {
      line.field("upstream_code", upstream.errorCode().getAsLong());
    }
  }

  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + "…";
  }
}
