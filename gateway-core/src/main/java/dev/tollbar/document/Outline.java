package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import java.io.IOException;
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
  private final Path folder;

  private Outline(Source source, Path folder) {
    this.source = source;
    this.folder = folder;
  }

  /** The file's outline; empty if it cannot be parsed, which reading it as a document reports. */
  public static Optional<Outline> of(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    try {
      Path parent = Optional.ofNullable(absolute.getParent()).orElse(absolute).toRealPath();
      return parsed(file.toString(), Folder.text(absolute), parent);
    } catch (Folder.ReadException | IOException _) {
      return Optional.empty();
    }
  }

  /** Why a file cannot be outlined: what is wrong with its text, whatever it is a file of. */
  public static List<Problem> faults(Path file) {
    List<Problem> faults = new ArrayList<>();
    try {
      SourceParser.parse(file.toString(), Folder.text(file.toAbsolutePath().normalize()), faults);
    } catch (RejectedException e) {
      faults.add(e.problem());
    } catch (Folder.ReadException e) {
      faults.add(new Problem(file.toString(), 0, 0, "", "expected " + e.expected()));
    }
    return List.copyOf(faults);
  }

  /** A file that this one names, relative to its folder; empty as above. */
  public Optional<Outline> beside(String path) {
    try {
      return parsed(path, new Folder(folder).read("", path), folder);
    } catch (InvalidConfigException _) {
      return Optional.empty();
    }
  }

  private static Optional<Outline> parsed(String name, String text, Path folder) {
    try {
      List<Problem> faults = new ArrayList<>();
      Source source = SourceParser.parse(name, text, faults);
      return faults.isEmpty() ? Optional.of(new Outline(source, folder)) : Optional.empty();
    } catch (RejectedException _) {
      return Optional.empty();
    }
  }

  /** The file, as the user or the document names it. */
  public String file() {
    return source.file();
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
