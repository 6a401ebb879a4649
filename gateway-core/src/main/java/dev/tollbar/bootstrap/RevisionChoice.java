package dev.tollbar.bootstrap;

import dev.tollbar.policy.Wording;
import dev.tollbar.state.Revisions;
import dev.tollbar.state.Revisions.InForce;
import dev.tollbar.state.StoredRevision;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds kept revisions as people name them. */
final class RevisionChoice {
  private static final Pattern BEGINNING = Pattern.compile("[0-9a-f]{4,64}");

  private final Revisions revisions;

  RevisionChoice(Revisions revisions) {
    this.revisions = revisions;
  }

  /**
   * The revision of that name.
   *
   * @param name the beginning of its id, {@code current} or {@code previous}
   */
  StoredRevision find(String name) throws CommandException {
    List<InForce> history = revisions.history();
    if (history.isEmpty()) {
      throw CommandException.badInput(
          "tollbar: no revision is kept in this data folder. Name another one with --data.");
    }
    String word = name.toLowerCase(Locale.ROOT);
    List<String> ids =
        switch (word) {
          case "current" -> List.of(history.getFirst().revision());
          case "previous" -> previous(history).stream().toList();
          default -> matching(word, history);
        };
    if (ids.isEmpty() && word.equals("previous")) {
      throw CommandException.badInput(
          "tollbar: only one revision is kept; there is no previous one.");
    }
    if (ids.isEmpty()) {
      throw CommandException.badInput(
          "tollbar: expected a revision: 4 or more digits that its id begins with, current or"
              + " previous; found "
              + Wording.quote(name)
              + ". See: tollbar history");
    }
    if (ids.size() > 1) {
      throw CommandException.badInput(
          "tollbar: " + ids.size() + " revisions begin with " + name + ". Give more of it.");
    }
    return revisions
        .find(ids.getFirst())
        .orElseThrow(() -> CommandException.failed("tollbar: the revision is gone."));
  }

  /** The one before, of the same document. */
  private static Optional<String> previous(List<InForce> history) {
    InForce current = history.getFirst();
    return history.stream()
        .filter(entry -> entry.file().equals(current.file()))
        .map(InForce::revision)
        .filter(id -> !id.equals(current.revision()))
        .findFirst();
  }

  private static List<String> matching(String word, List<InForce> history) {
    return BEGINNING.matcher(word).matches()
        ? history.stream()
            .map(InForce::revision)
            .filter(id -> id.startsWith(word))
            .distinct()
            .toList()
        : List.of();
  }

  /** An id as it is shown. */
  static String shortened(String id) {
    return id.substring(0, Math.min(12, id.length()));
  }
}
