package dev.tollbar.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of section 9 of the policy language, what the kit can do beside, and every example
 * policy.
 */
final class ScenariosTest {
  static final Path PLUGINS = Path.of("target", "plugins");

  @TestFactory
  Stream<DynamicTest> vectorsOfThePolicyLanguage() throws IOException {
    return ScenarioRunner.scenarios(Path.of("src", "test", "resources", "scenarios"), PLUGINS);
  }

  @TestFactory
  Stream<DynamicTest> examplePolicies() throws IOException {
    return examples("policies");
  }

  @TestFactory
  Stream<DynamicTest> convertedPolicies() throws IOException {
    return examples("convert");
  }

  @TestFactory
  Stream<DynamicTest> stepsToATightPolicy() throws IOException {
    return examples("tight-policy");
  }

  @TestFactory
  Stream<DynamicTest> transports() throws IOException {
    return examples("transports");
  }

  private static Stream<DynamicTest> examples(String folder) throws IOException {
    return ScenarioRunner.scenarios(Path.of("..", "..", "scripts-examples", folder), PLUGINS);
  }
}
