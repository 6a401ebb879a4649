package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code tollbar schema}, and the settings of editors that use it. */
@ExtendWith(Fixtures.class)
class SchemaIT {
  private static final Path EXAMPLES = Path.of("..", "scripts-examples");

  private static JsonNode printed(Archive archive, String... options)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("schema"));
    words.addAll(List.of(options));
    Finished finished = archive.run(words.toArray(String[]::new));
    assertThat(finished.exitCode()).isZero();
    assertThat(finished.err()).isEmpty();
    return JsonMapper.builder().build().readTree(finished.out());
  }

  private static boolean accepts(JsonNode schema, String text) {
    Schema reader =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(schema.toString());
    return reader.validate(text, InputFormat.YAML).isEmpty();
  }

  /** Every example document, by name. */
  private static Map<String, String> documents() throws IOException {
    Map<String, String> documents = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(EXAMPLES)) {
      for (Path file : files.sorted().toList()) {
        String name = file.toString();
        boolean other = name.matches(".*\\.(scenario|intercept|cases|test)\\.(ya?ml|json)");
        // Documents of strangers' plugins have kinds that the archive has not.
        other |= file.startsWith(EXAMPLES.resolve("plugins"));
        if (name.matches(".*\\.(ya?ml|json)") && !other && !name.contains("target")) {
          String text = Files.readString(file);
          if (new YAMLMapper().readTree(text).path("version").asText().matches("[12]")) {
            documents.put(name, text);
          }
        }
      }
    }
    documents.put("gateway.yaml", Files.readString(Path.of("src/main/conf/gateway.yaml")));
    return documents;
  }

  @TestFactory
  Stream<DynamicTest> takesEveryExampleInItsVersion(Archive archive) throws Exception {
    JsonNode both = printed(archive);
    Map<String, JsonNode> alone =
        Map.of("1", printed(archive, "--version", "1"), "2", printed(archive, "--version", "2"));
    Map<String, String> documents = documents();
    assertThat(documents).hasSizeGreaterThan(12);
    return documents.entrySet().stream()
        .map(document ->
            DynamicTest.dynamicTest(
                document.getKey(),
                () -> {
                  String text = document.getValue();
                  String version = new YAMLMapper().readTree(text).path("version").asText();
                  assertThat(accepts(both, text)).isTrue();
                  alone.forEach((of, schema) ->
                      assertThat(accepts(schema, text)).isEqualTo(of.equals(version)));
                }));
  }

  @Test
  void refusesWordsThatThereAreNot(Archive archive) throws Exception {
    JsonNode schema = printed(archive, "--version", "2");
    String rule = "version: \"2\"\npolicies: { p: { default: deny, tools: { t: { RULE } } } }\n";
    String condition = "require: { conditions: [{ path: args.a, op: eq, value: 1 }] }";
    String limit = "limits: { max: 1, window: day, scope: [grant, \"args.a\"] }";
    for (String good : List.of(condition, limit)) {
      assertThat(accepts(schema, rule.replace("RULE", good))).as(good).isTrue();
    }
    for (String bad :
        List.of(
            condition.replace("eq", "eqals"),
            condition.replace(", value: 1", ""),
            condition.replace("value: 1", "value: 1, not: { path: args.a, op: eq, value: 1 }"),
            condition.replace("path: args.a, op: eq, value: 1", ""),
            limit.replace("grant", "room"),
            limit.replace("args.a", "arg.a"))) {
      assertThat(accepts(schema, rule.replace("RULE", bad))).as(bad).isFalse();
    }
  }

  /** Every test file there is, by name. */
  private static Map<String, String> testFiles() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    for (Path folder : List.of(EXAMPLES, Path.of("src", "test", "resources"))) {
      try (Stream<Path> found = Files.walk(folder)) {
        for (Path file : found.sorted().toList()) {
          boolean broken = file.toString().contains("broken-tests");
          if (!broken && file.toString().matches(".*\\.test\\.(ya?ml|json)")) {
            files.put(file.toString(), Files.readString(file));
          }
        }
      }
    }
    return files;
  }

  @TestFactory
  Stream<DynamicTest> takesEveryTestFile(Archive archive) throws Exception {
    JsonNode all = printed(archive);
    JsonNode tests = printed(archive, "--tests");
    JsonNode second = printed(archive, "--version", "2");
    Map<String, String> files = testFiles();
    assertThat(files).hasSizeGreaterThan(12);
    return files.entrySet().stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getKey(),
                () -> {
                  assertThat(accepts(all, file.getValue())).isTrue();
                  assertThat(accepts(tests, file.getValue())).isTrue();
                  assertThat(accepts(second, file.getValue())).isFalse();
                }));
  }

  private static final String CASES = "[{name: a, calls: [{person: approve}]}]";

  private static final Map<String, String> BROKEN_TESTS =
      Map.ofEntries(
          Map.entry("nothing on test", "{cases: [{name: a, calls: [{person: approve}]}]}"),
          Map.entry(
              "two things on test", "{policy: a.yaml, document: b.yaml, cases: " + CASES + "}"),
          Map.entry("no cases", "{policy: a.yaml, cases: []}"),
          Map.entry("an unknown key", "{policy: a.yaml, case: " + CASES + "}"),
          Map.entry("a case without a name", tested("{calls: [{person: approve}]}")),
          Map.entry("a case without calls", tested("{name: a, calls: []}")),
          Map.entry("a call of nothing", tested("{name: a, calls: [{expect: {decision: deny}}]}")),
          Map.entry("a call of two things", tested("{name: a, calls: [{tool: t, prompt: p}]}")),
          Map.entry(
              "another decision", tested("{name: a, calls: [{tool: t, expect: {decision: no}}]}")),
          Map.entry(
              "a clock that is a number", "{policy: a, given: {clock: 1}, cases: " + CASES + "}"));

  private static String tested(String oneCase) {
    return "{policy: a.yaml, cases: [" + oneCase + "]}";
  }

  @TestFactory
  Stream<DynamicTest> refusesEveryBrokenTestFile(Archive archive) throws Exception {
    JsonNode all = printed(archive);
    JsonNode tests = printed(archive, "--tests");
    assertThat(accepts(all, "{policy: a.yaml, cases: " + CASES + "}")).isTrue();
    return BROKEN_TESTS.entrySet().stream()
        .map(broken ->
            DynamicTest.dynamicTest(
                broken.getKey(),
                () -> {
                  assertThat(accepts(all, broken.getValue())).isFalse();
                  assertThat(accepts(tests, broken.getValue())).isFalse();
                }));
  }

  private static final Map<String, String> BROKEN =
      Map.ofEntries(
          Map.entry("no version", "{default: deny}"),
          Map.entry("a version that is a number", "{version: 1, default: deny}"),
          Map.entry("another version", "{version: '3', default: deny}"),
          Map.entry("no default", "{version: '1', tools: {}}"),
          Map.entry("another default", "{version: '1', default: maybe}"),
          Map.entry("an unknown key", "{version: '1', default: deny, tool: {}}"),
          Map.entry("an unknown rule", second("{t: {rate_limt: {max: 1, window: 60}}}")),
          Map.entry(
              "an unknown transport", "{version: '2', servers: {s: {transport: {pipe: {}}}}}"),
          Map.entry(
              "two transports",
              "{version: '2', servers: {s: {transport: {stdio: {command: a}, sse: {url: b}}}}}"),
          Map.entry("a missing key of a rule", second("{t: {rate_limit: {max: 1}}}")),
          Map.entry("a wrong type", second("{t: {rate_limit: {max: 1, window: minute}}}")),
          Map.entry("a wrong choice", second("{t: {limits: {max: 1, window: day, fail: shut}}}")),
          Map.entry("a max that is negative", second("{t: {limits: {max: -1, window: day}}}")),
          Map.entry("a condition's key", second("{t: {require: {conditions: [{paht: args.a}]}}}")),
          Map.entry("a mode", second("{t: {deny: {mode: silent}}}")),
          Map.entry(
              "a timeout",
              "{version: '2', servers: {s: {transport: {stdio: {command: a}}, timeout: long}}}"),
          Map.entry(
              "a grant without servers", "{version: '2', grants: {g: {token: {sha256: x}}}}"));

  private static String second(String tools) {
    return "{version: '2', policies: {p: {default: deny, tools: " + tools + "}}}";
  }

  @TestFactory
  Stream<DynamicTest> refusesEveryBrokenDocument(Archive archive) throws Exception {
    JsonNode both = printed(archive);
    return BROKEN.entrySet().stream()
        .map(broken ->
            DynamicTest.dynamicTest(
                broken.getKey(), () -> assertThat(accepts(both, broken.getValue())).isFalse()));
  }

  @Test
  void saysWhatKeysAreForAndWhatTheyAreLeftOut(Archive archive) throws Exception {
    JsonNode schema = printed(archive, "--version", "2");
    JsonNode rules = schema.at("/$defs/rules/properties");

    assertThat(rules.at("/approval/anyOf/0/properties/within/default").asText()).isEqualTo("15m");
    assertThat(rules.at("/limits/description").asText())
        .isEqualTo("A quota: at most so much in a window of time, or so many calls at once.");
    assertThat(schema.at("/properties/servers/additionalProperties/properties/timeout/default"))
        .hasToString("\"60s\"");
    for (JsonNode rule : rules) {
      rule.at("/anyOf/0/properties")
          .properties()
          .forEach(key ->
              assertThat(key.getValue().path("description").asText())
                  .as(key.getKey())
                  .isNotBlank());
    }
  }

  @Test
  void aVersionThatThereIsNotIsRefused(Archive archive) throws Exception {
    assertThat(archive.run("schema", "--version", "3"))
        .isEqualTo(new Finished(2, "", "tollbar: --version: expected 1 or 2; found \"3\".\n"));
  }

  @Test
  void settingsOfVsCodeFindTheDocuments() throws IOException {
    JsonNode settings =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(EXAMPLES.resolve("editors/vscode-settings.json")));

    assertThat(settings.at("/json.schemas/0/url").asText()).isEqualTo("./tollbar.schema.json");
    assertThat(matches(settings.at("/json.schemas/0/fileMatch/0").asText().substring(1), "a.json"))
        .isTrue();
    JsonNode yaml = settings.path("yaml.schemas").path("./tollbar.schema.json");
    assertThat(matches(yaml.path(0).asText(), "a.yaml")).isTrue();
    assertThat(matches(yaml.path(1).asText(), "a.yml")).isTrue();
  }

  private static boolean matches(String pattern, String name) {
    return FileSystems.getDefault()
        .getPathMatcher("glob:" + pattern)
        .matches(Path.of("tollbar", name));
  }

  @Test
  void settingsOfIntellijNameTheSameSchemaAndFolder() throws Exception {
    var settings =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(EXAMPLES.resolve("editors/intellij-jsonSchemas.xml").toFile());
    var paths = XPathFactory.newDefaultInstance().newXPath();

    assertThat(paths.evaluate("/project/component/@name", settings))
        .isEqualTo("JsonSchemaMappingsProjectConfiguration");
    assertThat(paths.evaluate("//option[@name='relativePathToSchema']/@value", settings))
        .isEqualTo("tollbar.schema.json");
    assertThat(paths.evaluate("//Item/option[@name='path']/@value", settings)).isEqualTo("tollbar");
  }
}
