package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code wire-facts.yaml}, by which a reader goes from a number to its tests, is true. */
class WireFactsIT {
  /** Where modules keep their tests: {@code plugins/NAME/src/test/java} at most. */
  private static final int DEPTH = 5;

  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

  /** Comments and literals: what they hold is no code, though it may look like it. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "(?s)/\\*.*?\\*/|//[^\n]*|\"\"\".*?\"\"\""
              + "|\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\"|'(?:\\\\[^']+|[^'\\\\]|\\\\')'");

  /** A method with an annotation that makes it a test, and whatever stands in between. */
  private static final Pattern TEST =
      Pattern.compile(
          "@(?:Test|ParameterizedTest|TestFactory|Property)\\b[^;{}]*?(?:\\{[^{}]*}[^;{}]*?)*?"
              + "\\b(?:void|Stream<DynamicTest>) (\\w+)\\(");

  private static final Pattern NUMBERED = Pattern.compile("section([56])(\\d+)[A-Z].*");

  /** As {@code package.Class.method}. */
  private static final List<String> TESTS = new ArrayList<>();

  private static List<WireFact> facts = List.of();

  @BeforeAll
  static void read() throws IOException {
    facts = WireFact.all();
    try (Stream<Path> folders =
        Files.find(Path.of("..").toRealPath(), DEPTH, WireFactsIT::isSource)) {
      for (Path folder : folders.toList()) {
        readFolder(folder);
      }
    }
  }

  private static boolean isSource(Path folder, BasicFileAttributes attributes) {
    return attributes.isDirectory() && folder.endsWith("src/test/java");
  }

  private static void readFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(WireFactsIT::isOfTests).toList()) {
        readTests(file);
      }
    }
  }

  private static boolean isOfTests(Path file) {
    String path = file.toString();
    return path.endsWith("Test.java") || path.endsWith("IT.java");
  }

  private static void readTests(Path file) throws IOException {
    String source = Files.readString(file);
    Matcher found = PACKAGE.matcher(source);
    String name = file.getFileName().toString().replace(".java", "");
    String prefix = (found.find() ? found.group(1) + "." : "") + name + ".";
    Matcher test = TEST.matcher(NO_CODE.matcher(source).replaceAll(""));
    while (test.find()) {
      TESTS.add(prefix + test.group(1));
    }
  }

  private static boolean isNamed(String test, String reference) {
    return test.equals(reference) || test.endsWith("." + reference);
  }

  @Test
  void everyNumberIsThereOnceInItsOrder() {
    List<String> numbers =
        Stream.of("5.", "6.")
            .flatMap(section -> IntStream.rangeClosed(1, 20).mapToObj(number -> section + number))
            .toList();

    assertThat(facts).extracting(WireFact::number).isEqualTo(numbers);
    assertThat(facts).extracting(WireFact::says).noneMatch(String::isBlank);
  }

  @Test
  void everyNumberHasATestOrSaysWhyNot() {
    assertThat(facts)
        .allSatisfy(
            fact -> assertThat(fact.tests().isEmpty()).isEqualTo(fact.noPlace().isPresent()));
  }

  @Test
  void everyTestIsThere() {
    List<String> references = facts.stream().flatMap(fact -> fact.tests().stream()).toList();

    assertThat(references)
        .filteredOn(reference -> TESTS.stream().noneMatch(test -> isNamed(test, reference)))
        .isEmpty();
  }

  @Test
  void everyTestThatIsNamedAfterANumberStandsUnderIt() {
    List<String> missing = new ArrayList<>();
    for (String test : new TreeSet<>(TESTS)) {
      Matcher numbered = NUMBERED.matcher(test.substring(test.lastIndexOf('.') + 1));
      if (numbered.matches()) {
        String number = numbered.group(1) + "." + numbered.group(2);
        boolean there =
            facts.stream()
                .filter(fact -> fact.number().equals(number))
                .flatMap(fact -> fact.tests().stream())
                .anyMatch(reference -> isNamed(test, reference));
        if (!there) {
          missing.add(number + ": " + test);
        }
      }
    }
    assertThat(missing).isEmpty();
  }
}
