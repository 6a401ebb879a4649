package dev.tollbar.bootstrap;

import dev.tollbar.state.StoredRevision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands where the files of a document lie. */
final class SavedFiles {
  private SavedFiles() {}

  /** The files that are not as in a revision: changed, gone, or not to be read. */
  static List<String> otherThan(StoredRevision revision) {
    Path file = Path.of(revision.file());
    WrittenFiles files =
        new WrittenFiles(Optional.ofNullable(file.getParent()).orElse(Path.of("/")));
    return ShowCommand.texts(revision).entrySet().stream()
        .filter(entry -> !isAsWritten(files, entry))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean isAsWritten(WrittenFiles files, Map.Entry<String, String> entry) {
    try {
      return files.text(entry.getKey()).equals(Optional.of(entry.getValue()));
    } catch (IOException _) {
      return false;
    }
  }
}
