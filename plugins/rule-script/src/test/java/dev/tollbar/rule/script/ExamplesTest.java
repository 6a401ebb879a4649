package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the cases beside every example script. */
class ExamplesTest {
  private static final Path FOLDER = Path.of("../../scripts-examples/scripts");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static Scripts scripts;

  @BeforeAll
  static void startEngine() {
    scripts = new Scripts();
  }

  @AfterAll
  static void stopEngine() {
    scripts.close();
  }

  static List<String> examples() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".js"))
          .map(name -> name.substring(0, name.length() - ".js".length()))
          .sorted()
          .toList();
    }
  }

  @Test
  void thereAreExamples() throws IOException {
    assertThat(examples()).hasSizeGreaterThanOrEqualTo(10);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void decidesItsCases(String name) throws IOException, InterruptedException {
    JsonNode cases = JSON.readTree(FOLDER.resolve(name + ".cases.json").toFile());
    List<String> wrong = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    try (Rule rule = scripts.file(name + ".js", Files.readString(FOLDER.resolve(name + ".js")))) {
      for (JsonNode each : cases) {
        Verdict verdict = rule.evaluate(new TestCall(each.path("call")));
        seen.add(each.path("expect").asText());
        if (!fits(each, verdict)) {
          wrong.add(each + " -> " + verdict);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).contains("permit").containsAnyOf("deny", "ask");
  }

  private static boolean fits(JsonNode expected, Verdict verdict) {
    String reason = expected.path("reason").asText();
    return switch (verdict) {
      case Verdict.Permit permit -> expected.path("expect").asText().equals("permit");
      case Verdict.Deny deny ->
          expected.path("expect").asText().equals("deny")
              && deny.code() == Verdict.Code.RULE
              && (!expected.has("reason") || deny.reason().equals(reason));
      case Verdict.Ask ask ->
          expected.path("expect").asText().equals("ask")
              && (!expected.has("reason") || ask.question().reason().equals(reason));
    };
  }
}
