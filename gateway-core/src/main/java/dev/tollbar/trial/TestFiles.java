package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Schema;
import dev.tollbar.document.StrictFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files that hold cases beside policies. */
public final class TestFiles {
  private static final List<String> ENDINGS = List.of(".test.yaml", ".test.yml", ".test.json");

  private TestFiles() {}

  /** Those in a folder and below it, sorted; a file is taken whatever it is called. */
  public static List<Path> in(Path fileOrFolder) throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return List.of(fileOrFolder);
    }
    try (Stream<Path> files = Files.walk(fileOrFolder)) {
      return files
          .filter(file -> ENDINGS.stream().anyMatch(file.toString()::endsWith))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  /**
   * The file that a test file tests.
   *
   * @throws DocumentException with everything that is wrong with the test file
   */
  public static Path subject(Path file) throws DocumentException {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    return folder.resolve(StrictFile.read(file, TestFile.class).content().subject()).normalize();
  }

  /** The JSON Schema of such files. */
  public static ObjectNode schema() {
    return Schema.of("Tollbar test file", TestFile.class);
  }
}
