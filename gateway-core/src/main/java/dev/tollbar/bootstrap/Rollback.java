package dev.tollbar.bootstrap;

import dev.tollbar.state.StoredRevision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the files of an earlier revision where its document lies, while no gateway reads them. */
final class Rollback {
  private static final String COPY = ".before-rollback";

  private final Path data;

  Rollback(Path data) {
    this.data = data;
  }

  /** Files were changed and never in force: writing would lose that. */
  static final class LosesChangesException extends Exception {
    private static final long serialVersionUID = 1;

    private LosesChangesException(List<String> files) {
      super("changes that were never in force would be lost: " + String.join(", ", files));
    }
  }

  /**
   * Writes the files.
   *
   * @param current what was in force last, of the same document
   * @param force also if that loses changes: copies of them are kept
   */
  void write(StoredRevision current, StoredRevision target, boolean force)
      throws IOException, LosesChangesException {
    Path file = Path.of(target.file());
    WrittenFiles files =
        new WrittenFiles(Optional.ofNullable(file.getParent()).orElse(Path.of("/")));
    try (var _ = new DocumentLock(data).hold()) {
      keepChanges(files, ShowCommand.texts(current), ShowCommand.texts(target), force);
      files.write(ShowCommand.texts(target));
    }
  }

  /** What would be overwritten, and is kept nowhere. */
  private static void keepChanges(
      WrittenFiles files, Map<String, String> current, Map<String, String> target, boolean force)
      throws IOException, LosesChangesException {
    Set<String> touched = new LinkedHashSet<>(target.keySet());
    List<String> changed = new ArrayList<>();
    for (String path : touched) {
      Optional<String> text = files.text(path);
      if (text.isPresent()
          && !text.equals(Optional.ofNullable(current.get(path)))
          && !text.equals(Optional.ofNullable(target.get(path)))) {
        changed.add(path);
      }
    }
    if (!changed.isEmpty() && !force) {
      throw new LosesChangesException(changed);
    }
    for (String path : changed) {
      files.copy(path, COPY);
    }
  }
}
