package dev.tollbar.testkit;

import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs scenario files: each against a whole gateway in this process, with the plugin jars of a
 * folder, loaded as the gateway loads them, and a server that answers as the scenario says. Safe
 * for use by many threads; every run has a data folder of its own, which is deleted.
 */
public final class ScenarioRunner {
  private static final String ENDING = ".scenario.yaml";

  private ScenarioRunner() {}

  /**
   * Runs one scenario.
   *
   * @param plugins the folder with all the plugin jars that its documents need
   * @throws AssertionError with everything that is wrong with the file, or else with everything
   *     that was not as it says; one line each, with its place in the file
   * @throws IOException when a temporary folder cannot be used or the plugins not be read
   */
  public static void run(Path scenario, Path plugins) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tollbar-scenario");
    try {
      Scenario read = Scenario.read(scenario);
      Path data = Files.createDirectory(folder.resolve("data"));
      List<Problem> problems =
          ScenarioRun.run(read, jars(read, plugins, folder.resolve("plugins")), data);
      if (!problems.isEmpty()) {
        throw new AssertionError(Problem.text(problems));
      }
    } catch (DocumentException e) {
      throw new AssertionError(Problem.text(e.problems()), e);
    } finally {
      delete(folder);
    }
  }

  /**
   * A test for every {@code *.scenario.yaml} of a folder, sorted by name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Stream<DynamicTest> scenarios(Path folder, Path plugins) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> scenarios =
          files
              .filter(file -> file.getFileName().toString().endsWith(ENDING))
              .sorted(Comparator.comparing(Path::getFileName))
              .toList();
      if (scenarios.isEmpty()) {
        throw new IllegalArgumentException(folder + ": expected *" + ENDING + "; found none");
      }
      return scenarios.stream()
          .map(file ->
              DynamicTest.dynamicTest(
                  file.getFileName().toString(), file.toUri(), () -> run(file, plugins)));
    }
  }

  /** The plugins folder of a run: the given one, or a copy of it with the scenario's own jars. */
  private static Path jars(Scenario scenario, Path plugins, Path copy) throws IOException {
    List<String> own = scenario.content().given().plugins();
    if (own.isEmpty()) {
      return plugins;
    }
    Files.createDirectory(copy);
    try (Stream<Path> files = Files.list(plugins)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    for (String name : own) {
      Path jar = scenario.beside(name);
      Files.copy(jar, copy.resolve(jar.getFileName()));
    }
    return copy;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
