package dev.tollbar.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
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
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

  private static final JsonFactory PLAIN = factory().build();

  /** Can write what UTF-8 cannot: lone surrogates. */
  private static final JsonFactory ASCII =
      factory().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final Lines out = new Lines();

  /** Its buffers are not each thread's: lines are written by whoever waits for one. */
  private static JsonFactoryBuilder factory() {
    return new JsonFactoryBuilder().recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool());
  }

  /** The line as a JSON object, without what the chain adds. */
  byte[] body(LogLine line) {
    try {
      return body(PLAIN, line);
    } catch (IOException _) {
      try {
        return body(ASCII, line);
      } catch (IOException e) {
        throw new IllegalStateException("a line that no JSON can hold", e);
      }
    }
  }

  private byte[] body(JsonFactory json, LogLine line) throws IOException {
    out.begin();
    try (JsonGenerator g = json.createGenerator(out)) {
      g.writeStartObject();
      switch (line) {
        case DecisionRecord record -> decision(g, record);
        case AdminAction action -> action(g, action);
        case LogEvent event -> event(g, event);
      }
      g.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void action(JsonGenerator g, AdminAction action) throws IOException {
    g.writeStringField("time", TIME.format(action.time()));
    g.writeStringField("event", "admin");
    g.writeStringField("who", cut(action.who(), MAX_TEXT));
    text(g, "role", action.role());
    if (action.status().isEmpty()) {
      g.writeStringField("via", "command");
    }
    g.writeStringField("action", action.action());
    text(g, "target", action.target());
    g.writeStringField("result", action.result().wire());
    text(g, "detail", action.detail());
    if (action.status().isPresent()) {
      g.writeNumberField("status", action.status().getAsInt());
    }
  }

  private static void event(JsonGenerator g, LogEvent event) throws IOException {
    g.writeStringField("time", TIME.format(event.time()));
    g.writeStringField("event", event.kind().wire());
    for (Map.Entry<String, Object> detail : event.details().entrySet()) {
      if (detail.getValue() instanceof Number number) {
        g.writeNumberField(detail.getKey(), number.longValue());
      } else {
        g.writeStringField(detail.getKey(), String.valueOf(detail.getValue()));
      }
    }
  }

  private static void decision(JsonGenerator g, DecisionRecord record) throws IOException {
    g.writeStringField("time", TIME.format(record.time()));
    g.writeStringField("decision", record.decision().wire());
    text(g, "code", record.code());
    text(g, "rule", record.rule());
    text(g, "rule_id", record.ruleId());
    text(g, "rule_pointer", record.rulePointer());
    text(g, "plugin", record.plugin());
    text(g, "reason", record.reason());
    text(g, "grant", record.grant());
    text(g, "server", record.server());
    text(g, "policy", record.policy());
    text(g, "revision", record.revision());
    text(g, "session", record.session());
    requestId(g, record.requestId());
    text(g, "protocol_revision", record.protocolRevision());
    text(g, "method", record.method());
    text(g, "tool", record.tool());
    if (record.toolAnnotations().isPresent()) {
      toolAnnotations(g, record.toolAnnotations().get());
    }
    argumentKeys(g, record);
    text(g, "arguments_hmac", record.argumentsDigest());
    values(g, record.values());
    trace(g, record.trace());
    debug(g, record.debug());
    limits(g, record.limits());
    approvals(g, record.approvals());
    stages(g, record.stageMicros());
    upstream(g, record.upstream());
    text(g, "upstream_reason", record.upstreamReason());
    if (record.status().isPresent()) {
      g.writeNumberField("status", record.status().getAsInt());
    }
  }

  private static void text(JsonGenerator g, String name, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      g.writeStringField(name, cut(value.get(), MAX_TEXT));
    }
  }

  private static void requestId(JsonGenerator g, Optional<String> id) throws IOException {
    if (id.isEmpty()) {
      return;
    }
    g.writeFieldName("request_id");
    String json = id.get();
    if (isWholeNumber(json)) {
      g.writeNumber(json);
      return;
    }
    try (JsonParser parser = PLAIN.createParser(json)) {
      String text = parser.nextTextValue();
      g.writeString(cut(text == null ? json : text, MAX_TEXT));
    } catch (IOException _) {
      g.writeString(cut(json, MAX_TEXT));
    }
  }

  private static boolean isWholeNumber(String json) {
    int first = json.startsWith("-") ? 1 : 0;
    return json.length() > first
        && json.length() <= 40
        && json.chars().skip(first).allMatch(c -> c >= '0' && c <= '9')
        && (json.charAt(first) != '0' || json.length() == first + 1);
  }

  private static void argumentKeys(JsonGenerator g, DecisionRecord record) throws IOException {
    if (record.argumentsDigest().isEmpty()) {
      return;
    }
    g.writeArrayFieldStart("argument_keys");
    for (String key :
        record.argumentKeys().subList(0, Math.min(MAX_KEYS, record.argumentKeys().size()))) {
      g.writeString(cut(key, MAX_KEY));
    }
    g.writeEndArray();
  }

  /** All of them, or none: with a part a call would be judged again as another one. */
  private static void toolAnnotations(JsonGenerator g, Map<String, JsonNode> annotations)
      throws IOException {
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
    g.writeObjectFieldStart("tool_annotations");
    for (Map.Entry<String, JsonNode> each : annotations.entrySet()) {
      g.writeFieldName(each.getKey());
      if (each.getValue().isTextual()) {
        g.writeString(each.getValue().textValue());
      } else {
        g.writeRawValue(each.getValue().toString());
      }
    }
    g.writeEndObject();
  }

  private static void trace(JsonGenerator g, List<DecisionRecord.RuleTrace> trace)
      throws IOException {
    if (trace.isEmpty()) {
      return;
    }
    g.writeArrayFieldStart("trace");
    for (DecisionRecord.RuleTrace rule : trace) {
      g.writeStartObject();
      g.writeStringField("rule", cut(rule.rule(), MAX_TEXT));
      if (!rule.pointer().equals(Optional.of(rule.rule()))) {
        text(g, "pointer", rule.pointer());
      }
      g.writeStringField("kind", cut(rule.kind(), MAX_TEXT));
      g.writeStringField("plugin", cut(rule.plugin(), MAX_TEXT));
      g.writeStringField("verdict", rule.verdict());
      text(g, "reason", rule.reason());
      if (rule.shadow()) {
        g.writeBooleanField("shadow", true);
      }
      g.writeEndObject();
    }
    g.writeEndArray();
  }

  private static void debug(JsonGenerator g, List<String> lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    g.writeArrayFieldStart("debug");
    for (String line : lines) {
      g.writeString(cut(line, MAX_TEXT));
    }
    g.writeEndArray();
  }

  /** What is longer than is good for a log is recorded as a text, which says so by its end. */
  private static void values(JsonGenerator g, Map<String, String> values) throws IOException {
    if (values.isEmpty()) {
      return;
    }
    g.writeObjectFieldStart("values");
    for (Map.Entry<String, String> value : values.entrySet()) {
      g.writeFieldName(cut(value.getKey(), MAX_TEXT));
      if (value.getValue().length() > MAX_VALUE) {
        g.writeString(cut(value.getValue(), MAX_VALUE));
      } else {
        g.writeRawValue(value.getValue());
      }
    }
    g.writeEndObject();
  }

  private static void limits(JsonGenerator g, List<DecisionRecord.LimitState> limits)
      throws IOException {
    if (limits.isEmpty()) {
      return;
    }
    g.writeArrayFieldStart("limits");
    for (DecisionRecord.LimitState limit : limits) {
      g.writeStartObject();
      g.writeStringField("rule", cut(limit.rule(), MAX_TEXT));
      text(g, "limit", limit.limit());
      text(g, "max", limit.max().map(BigDecimal::toPlainString));
      g.writeStringField("remaining", cut(limit.remaining().toPlainString(), MAX_TEXT));
      if (limit.resetsMillis().isPresent()) {
        g.writeNumberField("resets_ms", limit.resetsMillis().getAsLong());
      }
      if (limit.shadow()) {
        g.writeBooleanField("shadow", true);
      }
      g.writeEndObject();
    }
    g.writeEndArray();
  }

  private static void approvals(JsonGenerator g, List<String> approvals) throws IOException {
    if (approvals.isEmpty()) {
      return;
    }
    g.writeArrayFieldStart("approvals");
    for (String id : approvals) {
      g.writeString(cut(id, MAX_TEXT));
    }
    g.writeEndArray();
  }

  private static void stages(JsonGenerator g, Map<Stage, Long> micros) throws IOException {
    if (micros.isEmpty()) {
      return;
    }
    g.writeObjectFieldStart("stages_us");
    for (Map.Entry<Stage, Long> stage : micros.entrySet()) {
      g.writeNumberField(stage.getKey().wire(), stage.getValue());
    }
    g.writeEndObject();
  }

  private static void upstream(JsonGenerator g, UpstreamOutcome upstream) throws IOException {
    g.writeStringField("upstream", upstream.kind().wire());
    if (upstream.errorCode().isPresent()) {
      g.writeNumberField("upstream_code", upstream.errorCode().getAsLong());
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
