package dev.tollbar.bootstrap;

import dev.tollbar.state.StoredRevision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands where the files of a document lie, beside what a revision has of them. Each file is
 * read once, and no more of it than is compared or shown.
 */
final class SavedFiles {
  /** How many bytes of a document are shown that is not in force. */
  static final int MOST_SHOWN = 1 << 20;

  /**
   * What the document's own file says.
   *
   * @param text the beginning of it, if it is longer than what is shown
   * @param bytes how long it is
   */
  record Edited(String text, long bytes) {
    boolean isCut() {
      return bytes > MOST_SHOWN;
    }
  }

  private final List<String> changed = new ArrayList<>();
  private Optional<Edited> edited = Optional.empty();

  private SavedFiles() {}

  /** Reads them. */
  static SavedFiles beside(StoredRevision revision) {
    SavedFiles saved = new SavedFiles();
    Path own = Path.of(revision.file());
    Path folder = Optional.ofNullable(own.getParent()).orElse(Path.of("/"));
    for (Map.Entry<String, String> entry : ShowCommand.texts(revision).entrySet()) {
      Path file = folder.resolve(entry.getKey());
      saved.compare(entry.getKey(), file, entry.getValue(), file.equals(own));
    }
    return saved;
  }

  /** The files that are not as in the revision: changed, gone, or not to be read. */
  List<String> changed() {
    return List.copyOf(changed);
  }

  /** What the document says, if that is something else and a text. */
  Optional<Edited> edited() {
    return edited;
  }

  private void compare(String name, Path file, String text, boolean own) {
    byte[] expected = text.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] found = read(file, Math.max(expected.length, own ? MOST_SHOWN : 0) + 1);
      if (Arrays.equals(found, expected)) {
        return;
      }
      if (own) {
        edited = Optional.of(shown(found, Math.max(found.length, Files.size(file))));
      }
    } catch (IOException _) {
      // as one that was changed; the problems of the document say why
    }
    changed.add(name);
  }

  private static byte[] read(Path file, int most) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("no file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    }
  }

  private static Edited shown(byte[] found, long bytes) throws CharacterCodingException {
    int end = Math.min(found.length, MOST_SHOWN);
    while (end < found.length && end > 0 && (found[end] & 0xC0) == 0x80) {
      end--; // a character that would be cut in two
    }
    String text =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(found, 0, end)).toString();
    return new Edited(text, bytes);
  }
}
