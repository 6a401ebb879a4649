package dev.tollbar.rule.script;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads calls, and cases of calls, out of files of authors: strictly, and all problems at once. */
final class CallFile {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private static final String CATEGORIES = "\"read\", \"write\" or \"destructive\"";

  private static final String LIMITS =
      "a list of limits such as {\"rule\": \"daily\", \"limit\": \"60 per day\", \"max\": 60, \"left\": 3}";

  /** What each member of a call must be. */
  private static final Map<String, String> MEMBERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("tool", "a string"),
              Map.entry("args", "an object"),
              Map.entry("server", "a string"),
              Map.entry("grant", "a string"),
              Map.entry("labels", "an object of strings"),
              Map.entry("category", CATEGORIES),
              Map.entry("annotations", "an object"),
              Map.entry("protocolRevision", "a string"),
              Map.entry("session", "a string"),
              Map.entry("time", "a time such as \"2026-11-23T10:00:00Z\""),
              Map.entry("method", "a string"),
              Map.entry("limits", LIMITS)));

  /**
   * One case.
   *
   * @param number from 1
   */
  record Case(int number, JsonCall call, String expect, Optional<String> reason) {}

  /** The file cannot be used. */
  static final class Problems extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient List<String> lines;

    Problems(List<String> lines) {
      super(String.join("\n", lines), null, false, false);
      this.lines = List.copyOf(lines);
    }

    /** One a problem. */
    List<String> lines() {
      return lines;
    }
  }

  private final Path file;
  private final List<String> problems = new ArrayList<>();

  private CallFile(Path file) {
    this.file = file;
  }

  /** The one call of a file. */
  static JsonCall call(Path path) throws Problems {
    CallFile file = new CallFile(path);
    JsonCall call = file.call("", file.json());
    file.check();
    return call;
  }

  /** The cases of a file, at least one. */
  static List<Case> cases(Path path) throws Problems {
    CallFile file = new CallFile(path);
    JsonNode json = file.json();
    if (!json.isArray() || json.isEmpty()) {
      file.problem(
          "", "a list of cases such as {\"call\": {\"args\": {}}, \"expect\": \"deny\"}", json);
    }
    List<Case> cases = new ArrayList<>();
    for (JsonNode each : json) {
      cases.add(file.readCase(cases.size(), each));
    }
    file.check();
    return cases;
  }

  private void check() throws Problems {
    if (!problems.isEmpty()) {
      throw new Problems(problems);
    }
  }

  private JsonNode json() throws Problems {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : ":" + e.getLocation().getLineNr() + ":" + e.getLocation().getColumnNr();
      throw new Problems(
          List.of(
              file + where + ": expected JSON; found " + Text.line(e.getOriginalMessage(), 200)));
    } catch (IOException e) {
      throw new Problems(List.of(file + ": expected a file in UTF-8 that can be read; found none"));
    }
  }

  private void problem(String pointer, String expected, JsonNode found) {
    String text = found.isMissingNode() ? "nothing" : Text.line(found.toString(), 80);
    problems.add(
        file
            + ": "
            + (pointer.isEmpty() ? "" : pointer + ": ")
            + "expected "
            + expected
            + "; found "
            + text);
  }

  private Case readCase(int index, JsonNode json) {
    String pointer = "/" + index;
    for (Map.Entry<String, JsonNode> each : json.properties()) {
      if (!List.of("call", "expect", "reason").contains(each.getKey())) {
        problems.add(
            file
                + ": "
                + pointer
                + ": expected call, expect and reason; found "
                + Text.quoted(each.getKey()));
      }
    }
    String expect = json.path("expect").asText("");
    if (!List.of("permit", "deny", "ask").contains(expect)) {
      problem(pointer + "/expect", "\"permit\", \"deny\" or \"ask\"", json.path("expect"));
    }
    if (json.has("reason") && !json.path("reason").isTextual()) {
      problem(pointer + "/reason", "a string", json.path("reason"));
    }
    JsonNode call = json.has("call") ? json.path("call") : JSON.createObjectNode();
    return new Case(
        index + 1,
        call(pointer + "/call", call),
        expect,
        Optional.ofNullable(json.path("reason").textValue()));
  }

  private JsonCall call(String pointer, JsonNode json) {
    if (!json.isObject()) {
      problem(pointer, "a call such as {\"tool\": \"pay\", \"args\": {\"amount\": 5}}", json);
    }
    for (Map.Entry<String, JsonNode> each : json.properties()) {
      String expected = MEMBERS.get(each.getKey());
      if (expected == null) {
        problems.add(
            file
                + ": "
                + (pointer.isEmpty() ? "" : pointer + ": ")
                + "a call has no "
                + Text.quoted(each.getKey())
                + "; expected "
                + String.join(", ", MEMBERS.keySet()));
      } else if (!fits(expected, each.getValue())) {
        problem(pointer + "/" + each.getKey(), expected, each.getValue());
      }
    }
    return new JsonCall(json);
  }

  private static boolean fits(String expected, JsonNode value) {
    return switch (expected) {
      case "a string" -> value.isTextual();
      case "an object" -> value.isObject();
      case "an object of strings" ->
          value.isObject() && value.valueStream().allMatch(JsonNode::isTextual);
      case LIMITS -> value.isArray() && value.valueStream().allMatch(CallFile::isLimit);
      case CATEGORIES ->
          List.of("read", "write", "destructive")
              .contains(value.textValue() == null ? "" : value.textValue());
      default -> value.isTextual() && isTime(value.textValue());
    };
  }

  private static boolean isLimit(JsonNode value) {
    JsonNode resets = value.path("resetsAt");
    return value.path("max").isNumber()
        && value.path("left").isNumber()
        && value
            .propertyStream()
            .allMatch(member ->
                switch (member.getKey()) {
                  case "max", "left", "resetsAt" -> true;
                  case "rule", "limit" -> member.getValue().isTextual();
                  default -> false;
                })
        && (resets.isMissingNode() || (resets.isTextual() && isTime(resets.textValue())));
  }

  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
