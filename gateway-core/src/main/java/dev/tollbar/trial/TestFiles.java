package dev.tollbar.trial;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.Schema;
import dev.tollbar.document.StrictFile;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files that hold cases beside policies. */
public final class TestFiles {
  private static final List<String> ENDINGS = List.of(".test.yaml", ".test.yml", ".test.json");

  private TestFiles() {}

  /**
   * Those in a folder and below it, sorted; a file is taken whatever it is called. Links are
   * followed. Folders below whose names begin with a dot are left out: there lie the versions that
   * links are swapped between, and what version control keeps.
   */
  public static List<Path> in(Path fileOrFolder) throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return List.of(fileOrFolder);
    }
    Search search = new Search(fileOrFolder);
    Files.walkFileTree(
        fileOrFolder, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, search);
    return search.found.stream().sorted().toList();
  }

  /** Whether a file is called as one. */
  public static boolean isOne(Path file) {
    return ENDINGS.stream().anyMatch(file.toString()::endsWith);
  }

  private static final class Search extends SimpleFileVisitor<Path> {
    private final Path start;
    private final List<Path> found = new ArrayList<>();

    Search(Path start) {
      this.start = start;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean dotted = String.valueOf(folder.getFileName()).startsWith(".");
      return dotted && !folder.equals(start)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && isOne(file)) {
        found.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    /** A link to a folder around it leads to nothing new. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof FileSystemLoopException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
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
    ObjectNode schema = Schema.of("Tollbar test file", TestFile.class);
    return choosing(schema, schema);
  }

  /** The JSON Schema of such files, and of documents of both versions that use these kinds. */
  public static ObjectNode schemaWithDocuments(Kinds kinds) {
    ObjectNode schema = Schema.of(kinds, TestFile.class);
    return choosing(schema, (ObjectNode) schema.at("/oneOf/2"));
  }

  /** Says what the records say in code: which keys stand for each other, and what is not empty. */
  private static ObjectNode choosing(ObjectNode schema, ObjectNode file) {
    oneOf(file, List.of("policy", "document"));
    notEmpty(file, "cases");
    notEmpty(definition(schema, TestFile.Case.class), "calls");
    oneOf(definition(schema, Step.class), Step.KINDS);
    return schema;
  }

  private static ObjectNode definition(ObjectNode schema, Class<?> type) {
    return (ObjectNode) schema.path("$defs").path(type.getName().replace('$', '.'));
  }

  private static void oneOf(ObjectNode object, List<String> keys) {
    ArrayNode choices = object.putArray("oneOf");
    keys.forEach(key -> choices.addObject().putArray("required").add(key));
  }

  private static void notEmpty(ObjectNode object, String key) {
    ((ObjectNode) object.path("properties").path(key)).put("minItems", 1);
  }
}
