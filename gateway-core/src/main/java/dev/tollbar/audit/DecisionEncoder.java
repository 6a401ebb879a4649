package dev.tollbar.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes records as JSON lines. Absent members are left out; long texts are cut. One thread. */
final class DecisionEncoder {
  private static final int MAX_TEXT = 500;
  private static final int MAX_KEYS = 100;
  private static final int MAX_VALUE = 4_000;
  private static final int MAX_KEY = 80;
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

  /** For ids that are texts, which are rare. */
  private static final JsonFactory IDS = new JsonFactory();

  /** The second that {@link #secondText} is about. */
  private long second = Long.MIN_VALUE;

  private String secondText = "";

  /** The line as a JSON object, without what the chain adds. */
  byte[] body(LogLine line) {
    JsonLine json = new JsonLine().object();
    switch (line) {
      case DecisionRecord record -> decision(json, record);
      case AdminAction action -> action(json, action);
      case LogEvent event -> event(json, event);
    }
    return json.endObject().toByteArray();
  }

  /** In UTC, with microseconds; most lines are of the same second as the one before. */
  private String time(Instant time) {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      secondText = SECOND.format(time);
    }
    String micros = Integer.toString(1_000_000 + time.getNano() / 1_000);
    return secondText + '.' + micros.substring(1) + 'Z';
  }

  private void action(JsonLine json, AdminAction action) {
    json.name("time").text(time(action.time()), MAX_TEXT);
    json.name("event").text("admin", MAX_TEXT);
    json.name("who").text(action.who(), MAX_TEXT);
    text(json, "role", action.role());
    json.name("action").text(action.action(), MAX_TEXT);
    text(json, "target", action.target());
    json.name("result").text(action.result().wire(), MAX_TEXT);
    text(json, "detail", action.detail());
    json.name("status").number(action.status());
  }

  private void event(JsonLine json, LogEvent event) {
    json.name("time").text(time(event.time()), MAX_TEXT);
    json.name("event").text(event.kind().wire(), MAX_TEXT);
    for (Map.Entry<String, Object> detail : event.details().entrySet()) {
      if (detail.getValue() instanceof Number number) {
        json.name(detail.getKey()).number(number.longValue());
      } else {
        json.name(detail.getKey()).text(String.valueOf(detail.getValue()), Integer.MAX_VALUE);
      }
    }
  }

  private void decision(JsonLine json, DecisionRecord record) {
    json.name("time").text(time(record.time()), MAX_TEXT);
    json.name("decision").text(record.decision().wire(), MAX_TEXT);
    text(json, "code", record.code());
    text(json, "rule", record.rule());
    text(json, "rule_id", record.ruleId());
    text(json, "rule_pointer", record.rulePointer());
    text(json, "plugin", record.plugin());
    text(json, "reason", record.reason());
    text(json, "grant", record.grant());
    text(json, "server", record.server());
    text(json, "policy", record.policy());
    text(json, "revision", record.revision());
    text(json, "session", record.session());
    requestId(json, record.requestId());
    text(json, "protocol_revision", record.protocolRevision());
    text(json, "method", record.method());
    text(json, "tool", record.tool());
    argumentKeys(json, record);
    text(json, "arguments_hmac", record.argumentsDigest());
    values(json, record.values());
    trace(json, record.trace());
    debug(json, record.debug());
    limits(json, record.limits());
    approvals(json, record.approvals());
    stages(json, record.stageMicros());
    upstream(json, record.upstream());
    text(json, "upstream_reason", record.upstreamReason());
    if (record.status().isPresent()) {
      json.name("status").number(record.status().getAsInt());
    }
  }

  private static void text(JsonLine json, String name, Optional<String> value) {
    if (value.isPresent()) {
      json.name(name).text(value.get(), MAX_TEXT);
    }
  }

  private static void requestId(JsonLine json, Optional<String> id) {
    if (id.isEmpty()) {
      return;
    }
    json.name("request_id");
    String written = id.get();
    if (isWholeNumber(written)) {
      json.plain(written);
      return;
    }
    try (JsonParser parser = IDS.createParser(written)) {
      String text = parser.nextTextValue();
      json.text(text == null ? written : text, MAX_TEXT);
    } catch (IOException _) {
      json.text(written, MAX_TEXT);
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

  private static void argumentKeys(JsonLine json, DecisionRecord record) {
    if (record.argumentsDigest().isEmpty()) {
      return;
    }
    json.array("argument_keys");
    for (String key :
        record.argumentKeys().subList(0, Math.min(MAX_KEYS, record.argumentKeys().size()))) {
      json.text(key, MAX_KEY);
    }
    json.endArray();
  }

  private static void trace(JsonLine json, List<DecisionRecord.RuleTrace> trace) {
    if (trace.isEmpty()) {
      return;
    }
    json.array("trace");
    for (DecisionRecord.RuleTrace rule : trace) {
      json.object();
      json.name("rule").text(rule.rule(), MAX_TEXT);
      if (!rule.pointer().equals(Optional.of(rule.rule()))) {
        text(json, "pointer", rule.pointer());
      }
      json.name("kind").text(rule.kind(), MAX_TEXT);
      json.name("plugin").text(rule.plugin(), MAX_TEXT);
      json.name("verdict").text(rule.verdict(), MAX_TEXT);
      text(json, "reason", rule.reason());
      if (rule.shadow()) {
        json.name("shadow").truth(true);
      }
      json.endObject();
    }
    json.endArray();
  }

  private static void debug(JsonLine json, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    json.array("debug");
    for (String line : lines) {
      json.text(line, MAX_TEXT);
    }
    json.endArray();
  }

  /** What is longer than is good for a log is recorded as a text, which says so by its end. */
  private static void values(JsonLine json, Map<String, String> values) {
    if (values.isEmpty()) {
      return;
    }
    json.name("values").object();
    for (Map.Entry<String, String> value : values.entrySet()) {
      json.key(value.getKey(), MAX_TEXT);
      if (value.getValue().length() > MAX_VALUE) {
        json.text(value.getValue(), MAX_VALUE);
      } else {
        json.value(value.getValue());
      }
    }
    json.endObject();
  }

  private static void limits(JsonLine json, List<DecisionRecord.LimitState> limits) {
    if (limits.isEmpty()) {
      return;
    }
    json.array("limits");
    for (DecisionRecord.LimitState limit : limits) {
      json.object();
      json.name("rule").text(limit.rule(), MAX_TEXT);
      text(json, "limit", limit.limit());
      text(json, "max", limit.max().map(BigDecimal::toPlainString));
      json.name("remaining").text(limit.remaining().toPlainString(), MAX_TEXT);
      if (limit.resetsMillis().isPresent()) {
        json.name("resets_ms").number(limit.resetsMillis().getAsLong());
      }
      if (limit.shadow()) {
        json.name("shadow").truth(true);
      }
      json.endObject();
    }
    json.endArray();
  }

  private static void approvals(JsonLine json, List<String> approvals) {
    if (approvals.isEmpty()) {
      return;
    }
    json.array("approvals");
    for (String id : approvals) {
      json.text(id, MAX_TEXT);
    }
    json.endArray();
  }

  private static void stages(JsonLine json, Map<Stage, Long> micros) {
    if (micros.isEmpty()) {
      return;
    }
    json.name("stages_us").object();
    for (Map.Entry<Stage, Long> stage : micros.entrySet()) {
      json.name(stage.getKey().wire()).number(stage.getValue());
    }
    json.endObject();
  }

  private static void upstream(JsonLine json, UpstreamOutcome upstream) {
    json.name("upstream").text(upstream.kind().wire(), MAX_TEXT);
    if (upstream.errorCode().isPresent()) {
      json.name("upstream_code").number(upstream.errorCode().getAsLong());
    }
  }
}
