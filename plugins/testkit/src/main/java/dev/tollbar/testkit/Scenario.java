package dev.tollbar.testkit;

import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.document.StrictFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A scenario file: what a document does to calls. The format is described in {@code
 * scripts-examples/README.md}. Immutable.
 */
public final class Scenario {
  private final Path path;
  private final StrictFile<ScenarioFile> file;

  private Scenario(Path path, StrictFile<ScenarioFile> file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Reads one, strictly. The documents that it names are not read yet.
   *
   * @throws DocumentException with everything that is wrong with it: file, line, column, key, what
   *     was expected and what was found
   */
  public static Scenario read(Path path) throws DocumentException {
    return new Scenario(path, StrictFile.read(path, ScenarioFile.class));
  }

  /** The file that it was read from. */
  public Path path() {
    return path;
  }

  ScenarioFile content() {
    return file.content();
  }

  /** A file that the scenario names. */
  Path beside(String name) {
    return Optional.ofNullable(path.toAbsolutePath().getParent())
        .orElseGet(path::toAbsolutePath)
        .resolve(name)
        .normalize();
  }

  Problem problem(String pointer, String message) {
    return file.problem(pointer, message);
  }
}
