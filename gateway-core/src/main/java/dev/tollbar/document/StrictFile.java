package dev.tollbar.document;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file beside documents that is read as strictly as one, into config records: unknown and
 * duplicate keys, wrong types and what the records refuse are problems, all of them at once.
 * Immutable.
 *
 * @param <C> the record of the whole file
 */
public final class StrictFile<C extends Record> {
  private final C content;
  private final Source source;

  private StrictFile(C content, Source source) {
    this.content = content;
    this.source = source;
  }

  /**
   * Reads a file, JSON or YAML by the ending of its name.
   *
   * @throws DocumentException with everything that is wrong with it
   */
  public static <C extends Record> StrictFile<C> read(Path file, Class<C> type)
      throws DocumentException {
    List<Problem> problems = new ArrayList<>();
    String name = file.toString();
    try {
      Path absolute = file.toAbsolutePath().normalize();
      Path parent = Optional.ofNullable(absolute.getParent()).orElse(absolute).toRealPath();
      Source source = SourceParser.parse(name, Folder.text(absolute), problems);
      Optional<C> content =
          new ConfigBinder(new Secrets(Map.of(), new Folder(parent)))
              .bind(type, source.place(), problems);
      if (content.isPresent() && problems.isEmpty()) {
        return new StrictFile<>(content.get(), source);
      }
    } catch (Folder.ReadException e) {
      problems.add(new Problem(name, 0, 0, "", "expected " + e.expected()));
    } catch (IOException _) {
      problems.add(new Problem(name, 0, 0, "", "expected a file that exists"));
    } catch (RejectedException e) {
      problems.add(e.problem());
    }
    Set<Problem> places = new HashSet<>();
    // What follows from a fault at the same place is no fault of its own.
    problems.removeIf(problem ->
        !places.add(
            new Problem(problem.file(), problem.line(), problem.column(), problem.pointer(), "")));
    problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    throw new DocumentException(problems);
  }

  public C content() {
    return content;
  }

  /** Something wrong with what stands at a JSON Pointer, or nearest to it, found out later. */
  public Problem problem(String pointer, String message) {
    Spot spot = source.spots().nearest(pointer);
    return new Problem(source.file(), spot.line(), spot.column(), pointer, message);
  }
}
