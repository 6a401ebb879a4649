package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What the pages show is what the tests run: every JSON, YAML and JavaScript example stands in a
 * file of scripts-examples or in a test, and every link leads somewhere.
 */
class DocumentationIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK =
      Pattern.compile("```(json|yaml|js)\\R(.*?)\\R\\s*```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

  @TestFactory
  Stream<DynamicTest> everyExampleIsExecuted() throws IOException {
    Map<Path, String> executed = executed();
    List<DynamicTest> tests = new ArrayList<>();
    for (Path page : pages()) {
      if (page.endsWith("testing-plugins.md")) {
        continue; // the test kit's own tests take the examples out of that page and run them
      }
      Matcher block = BLOCK.matcher(Files.readString(page));
      int number = 0;
      while (block.find()) {
        String example = folded(block.group(2));
        number++;
        tests.add(
            DynamicTest.dynamicTest(
                ROOT.relativize(page) + " " + number,
                () ->
                    assertThat(executed.values().stream().anyMatch(text -> text.contains(example)))
                        .as("no file that a test runs holds this example:\n%s", example)
                        .isTrue()));
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> everyLinkLeadsSomewhere() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        Path target = page.resolveSibling(link.group(1)).normalize();
        tests.add(
            DynamicTest.dynamicTest(
                ROOT.relativize(page) + " → " + link.group(1), () -> assertThat(target).exists()));
      }
    }
    return tests.stream();
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("distribution/docs", "scripts-examples")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        files
            .filter(file -> file.toString().endsWith(".md"))
            .filter(file -> !file.toString().contains("/target/"))
            .forEach(pages::add);
      }
    }
    return pages;
  }

  /** Examples, and the sources of tests: what they hold runs. */
  private static Map<Path, String> executed() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder :
        List.of("scripts-examples", "distribution/src", "plugins", "gateway-core/src/test")) {
      try (Stream<Path> found = Files.walk(ROOT.resolve(folder))) {
        found
            .filter(file -> file.toString().matches(".*\\.(json|ya?ml|m?js|java)"))
            .filter(file -> !file.toString().contains("/target/"))
            .filter(file -> !file.toString().contains("/node_modules/"))
            .forEach(files::add);
      }
    }
    return files.stream().collect(Collectors.toMap(file -> file, DocumentationIT::text));
  }

  private static String text(Path file) {
    try {
      return folded(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalStateException(file.toString(), e);
    }
  }

  /** White space is free in all three languages, as far as the examples go. */
  private static String folded(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
