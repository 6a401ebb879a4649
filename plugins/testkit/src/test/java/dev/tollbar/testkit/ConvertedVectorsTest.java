package dev.tollbar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.convert.Conversion;
import dev.tollbar.convert.Conversion.Origin;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Outline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The vectors of section 9 whose policies are of version 1, run again on what they are converted
 * to: every decision, rule and text is the same.
 */
final class ConvertedVectorsTest {
  private static final Path VECTORS = Path.of("src", "test", "resources", "scenarios");

  @TempDir private static Path folder = Path.of("");

  @TestFactory
  Stream<DynamicTest> decideAsTheyDidBefore() throws Exception {
    int converted = 0;
    List<Path> scenarios = new ArrayList<>();
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (name.startsWith("section-")) {
        continue; // of what version 2 cannot say, too
      }
      if (name.endsWith(".json")) {
        converted += convert(file) ? 1 : 0;
      } else if (name.startsWith("vector-")) {
        scenarios.add(file);
      }
    }
    assertThat(converted).isGreaterThanOrEqualTo(9);
    for (Path scenario : scenarios) {
      Files.writeString(folder.resolve(scenario.getFileName().toString()), ofVersionTwo(scenario));
    }
    // Of the documents that are refused there is nothing to convert.
    Files.delete(folder.resolve("vector-15.scenario.yaml"));
    Files.delete(folder.resolve("vector-15-version-2.scenario.yaml"));
    return ScenarioRunner.scenarios(folder, ScenariosTest.PLUGINS);
  }

  /** A scenario with the places that rules have in the conversion: a list of one is that one. */
  private static String ofVersionTwo(Path scenario) throws IOException {
    Path document =
        folder.resolve(scenario.getFileName().toString().replace(".scenario.yaml", ".json"));
    JsonNode converted =
        Files.exists(document)
            ? new ObjectMapper().readTree(Files.readString(document))
            : MissingNode.getInstance();
    return Pattern.compile("rule: (/tools/\\S+?)(?=[,\\s}])")
        .matcher(Files.readString(scenario))
        .replaceAll(match -> {
          String pointer = "/policies/default" + match.group(1);
          String one = pointer.replaceFirst("/0$", "").replaceFirst("/action$", "/deny");
          return "rule: " + (converted.at(pointer).isMissingNode() ? one : pointer);
        });
  }

  private static boolean convert(Path file) throws IOException, DocumentException {
    Path copy = folder.resolve(file.getFileName().toString());
    Outline outline = Outline.of(file).orElseThrow();
    if (!outline.root().path("version").asText().equals("1") || copy.endsWith("vector-15.json")) {
      Files.copy(file, copy);
      return false;
    }
    Conversion conversion = Conversion.of(outline, Origin.V1, "default");
    assertThat(conversion.notes()).isEmpty();
    Files.writeString(copy, conversion.document().toString());
    return true;
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(VECTORS)) {
      return files.filter(file -> file.toString().matches(".*\\.(json|ya?ml)")).sorted().toList();
    }
  }
}
