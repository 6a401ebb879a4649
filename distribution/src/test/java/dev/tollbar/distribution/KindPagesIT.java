package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every kind has a page, and its table of keys is what the plugin says of its config. */
@ExtendWith(Fixtures.class)
class KindPagesIT {
  private static final Path PAGES = Path.of("docs", "kinds");

  /** The config schemas of all kinds, by name. */
  private static Map<String, JsonNode> kinds(Archive archive)
      throws IOException, InterruptedException {
    JsonNode schema =
        JsonMapper.builder().build().readTree(archive.run("schema", "--version", "2").out());
    Map<String, JsonNode> kinds = new LinkedHashMap<>();
    schema
        .at("/$defs/rules/properties")
        .properties()
        .forEach(rule -> kinds.put(rule.getKey(), rule.getValue().at("/anyOf/0")));
    schema
        .at("/properties/servers/additionalProperties/properties/transport/properties")
        .properties()
        .forEach(transport -> kinds.put(transport.getKey(), transport.getValue()));
    return kinds;
  }

  @Test
  void everyKindHasAPageAndNoOther(Archive archive) throws IOException, InterruptedException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(kinds(archive).keySet().stream(), Stream.of("README")).toList());
    }
  }

  @TestFactory
  Stream<DynamicTest> thePageHasTheKeysOfTheKind(Archive archive)
      throws IOException, InterruptedException {
    return kinds(archive).entrySet().stream()
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.getKey(),
                () ->
                    assertThat(Files.readString(PAGES.resolve(kind.getKey() + ".md")))
                        .startsWith("# `" + kind.getKey() + "`\n")
                        .contains("\n```yaml\n")
                        .contains(
                            "<!-- keys: as the plugin describes them; the build compares -->\n"
                                + table(kind.getValue())
                                + "<!-- end of keys -->\n")));
  }

  private static String table(JsonNode schema) {
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(key -> required.add(key.asText()));
    StringBuilder table =
        new StringBuilder("| key | type | left out | what |\n| --- | --- | --- | --- |\n");
    schema
        .path("properties")
        .properties()
        .forEach(key -> {
          JsonNode value = key.getValue();
          String otherwise = value.has("default") ? "`" + value.path("default") + "`" : "";
          table
              .append("| `" + key.getKey() + "` | ")
              .append(words(value).replace("|", "\\|"))
              .append(" | ")
              .append(required.contains(key.getKey()) ? "required" : otherwise)
              .append(" | ")
              .append(value.path("description").asText().replace("|", "\\|"))
              .append(" |\n");
        });
    return table.toString();
  }

  private static String words(JsonNode schema) {
    if (schema.has("$ref")) {
      return schema.path("$ref").asText().replaceAll(".*\\.", "").toLowerCase(Locale.ROOT);
    }
    if (schema.has("enum")) {
      return schema
          .path("enum")
          .valueStream()
          .map(word -> "`" + word.asText() + "`")
          .collect(Collectors.joining(" or "));
    }
    JsonNode forms = schema.path("anyOf");
    if (forms.isArray()) {
      return forms.valueStream().anyMatch(form -> form.path("properties").has("env"))
          ? "secret"
          : forms.valueStream().map(KindPagesIT::words).collect(Collectors.joining(" or "));
    }
    if (schema.path("type").isArray()) {
      return "number, or decimal in quotes";
    }
    return switch (schema.path("type").asText()) {
      case "string" -> schema.path("pattern").asText().contains("ms|s|m|h|d") ? "duration" : "text";
      case "array" -> "list of " + words(schema.path("items"));
      case "object" ->
          schema.path("additionalProperties").isObject()
              ? "map of " + words(schema.path("additionalProperties"))
              : "object";
      case "integer" -> "whole number";
      case "number" -> "number";
      case "boolean" -> "true or false";
      default -> "any value";
    };
  }
}
