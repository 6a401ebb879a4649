package dev.tollbar.lint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Follows a path of a condition through the input schema of a tool, as far as that is plain. */
final class SchemaPath {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern STEP =
      Pattern.compile(
          "\\.(?<name>[^.\\[\\]\"\\s]+)|\\[(?<index>[0-9]+|\\*)]"
              + "|\\[(?<quoted>\"(?:[^\"\\\\]|\\\\.)*\")]");

  /** Where a schema may say more than its properties do. */
  private static final List<String> OPEN =
      List.of("$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "$dynamicRef");

  /**
   * An argument that the schema does not have.
   *
   * @param path up to it
   * @param name its last step
   * @param known what stands there instead
   */
  record Unknown(String path, String name, List<String> known) {}

  private SchemaPath() {}

  /** What the schema does not have of a path; empty if it has all, or does not say. */
  static Optional<Unknown> unknown(String path, JsonNode schema) {
    Matcher step = STEP.matcher(path);
    int end = "args".length();
    JsonNode at = schema;
    while (end < path.length() && step.find(end) && step.start() == end) {
      if (!plain(at)) {
        return Optional.empty();
      }
      if (step.group("index") != null) {
        at = at.path("items");
      } else {
        String name = name(step);
        JsonNode properties = at.path("properties");
        boolean extra =
            at.has("additionalProperties") && !at.path("additionalProperties").isBoolean();
        if (!properties.has(name)) {
          boolean says =
              properties.isObject() && !extra && !at.path("additionalProperties").asBoolean();
          return says
              ? Optional.of(new Unknown(path.substring(0, step.end()), name, names(properties)))
              : Optional.empty();
        }
        at = properties.path(name);
      }
      end = step.end();
    }
    return Optional.empty();
  }

  private static boolean plain(JsonNode schema) {
    return schema.isObject() && OPEN.stream().noneMatch(schema::has);
  }

  private static String name(Matcher step) {
    String quoted = step.group("quoted");
    if (quoted == null) {
      return step.group("name");
    }
    try {
      return JSON.readValue(quoted, String.class);
    } catch (JsonProcessingException _) {
      return quoted;
    }
  }

  private static List<String> names(JsonNode properties) {
    List<String> names = new ArrayList<>();
    properties.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
