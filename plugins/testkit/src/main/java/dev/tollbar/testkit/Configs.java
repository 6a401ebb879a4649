package dev.tollbar.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tollbar.document.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the contracts of all kinds ask of names and configs. */
final class Configs {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** What documents hold that nobody thought of. */
  private static final List<String> ODD_VALUES =
      List.of("null", "true", "-1", "1e400", "''", "\"\\a x\"", "[]", "[null]", "{}", "{a: {}}");

  private Configs() {}

  static void checkFacts(String name, Class<?> configType) {
    check(
        name.matches("[a-z][a-z0-9_]*"),
        "its name is expected in snake_case; found \"" + name + "\"");
    check(configType.isRecord(), "its config type is expected to be a record");
  }

  /** Everything that a document can say is described. */
  static void checkDescribed(Class<? extends Record> configType) {
    keys(configType)
        .forEach((key, schema) ->
            check(
                schema.has("description") || schema.findValue("description") != null,
                "the key " + key + " has no @Doc: editors and schemas cannot explain it"));
  }

  /** The keys of a config in its JSON Schema, by name. */
  private static Map<String, JsonNode> keys(Class<? extends Record> configType) {
    ObjectNode schema = Schema.of("config", configType);
    JsonNode config =
        schema.path("$ref").isTextual()
            ? schema.at(schema.path("$ref").textValue().substring(1))
            : schema;
    Map<String, JsonNode> keys = new LinkedHashMap<>();
    config.path("properties").properties().forEach(key -> keys.put(key.getKey(), key.getValue()));
    return keys;
  }

  /** A config with one key after the other set to what nobody means. */
  static List<String> odd(String config, Class<? extends Record> configType) {
    List<String> configs = new ArrayList<>();
    for (String key : keys(configType).keySet()) {
      for (String value : ODD_VALUES) {
        configs.add(with(config, key, value));
      }
    }
    return configs;
  }

  /** A config with another value under one key, as JSON, which is YAML too. */
  private static String with(String config, String key, String value) {
    try {
      ObjectNode changed = (ObjectNode) YAML.readTree(config);
      changed.set(key, YAML.readTree("[" + value + "]").path(0));
      return changed.toString();
    } catch (JsonProcessingException | ClassCastException e) {
      throw new IllegalArgumentException("expected an object, JSON or YAML; found " + config, e);
    }
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
