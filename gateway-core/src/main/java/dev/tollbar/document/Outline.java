package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one file says, with its positions, uncompiled. For readers that look at the words of a
 * document and not at what it does. Immutable.
 */
public final class Outline {
  private final Source source;

  private Outline(Source source) {
    this.source = source;
  }

  /** The file's outline; empty if it cannot be parsed, which reading it as a document reports. */
  public static Optional<Outline> of(Path file) {
    try {
      List<Problem> faults = new ArrayList<>();
      Source source =
          SourceParser.parse(
              file.toString(), Folder.text(file.toAbsolutePath().normalize()), faults);
      return faults.isEmpty() ? Optional.of(new Outline(source)) : Optional.empty();
    } catch (Folder.ReadException | RejectedException _) {
      return Optional.empty();
    }
  }

  /** The whole tree. Not to be changed. */
  public JsonNode root() {
    return source.root();
  }

  /** Something to say about the value at a JSON Pointer. */
  public Problem at(String pointer, String message) {
    Spot spot = source.spots().nearest(pointer);
    return new Problem(source.file(), spot.line(), spot.column(), pointer, message);
  }
}
