package dev.tollbar.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The files of a document, written back into a folder. */
final class WrittenFiles {
  private final Path folder;

  WrittenFiles(Path folder) {
    this.folder = folder;
  }

  boolean isEmpty() throws IOException {
    if (!Files.exists(folder)) {
      return true;
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.findAny().isEmpty();
    }
  }

  /** The text of a file; empty if there is none. */
  Optional<String> text(String path) throws IOException {
    Path file = folder.resolve(path);
    return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  /** Keeps a copy of a file beside it. */
  Path copy(String path, String ending) throws IOException {
    Path file = folder.resolve(path);
    Path copy = file.resolveSibling(file.getFileName() + ending);
    return Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes each file that differs, one by one, each whole or not at all. */
  void write(Map<String, String> texts) throws IOException {
    for (var entry : texts.entrySet()) {
      if (!text(entry.getKey()).equals(Optional.of(entry.getValue()))) {
        write(folder.resolve(entry.getKey()), entry.getValue());
      }
    }
  }

  /** Through a link, to where it points: the link stays. */
  private static void write(Path named, String text) throws IOException {
    Path file = Files.exists(named) ? named.toRealPath() : named;
    Path parent = Files.createDirectories(file.toAbsolutePath().getParent());
    Path fresh = Files.createTempFile(parent, ".tollbar", ".new");
    try {
      Files.writeString(fresh, text);
      if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(
            fresh,
            Files.exists(file)
                ? Files.getPosixFilePermissions(file)
                : Set.copyOf(PosixFilePermissions.fromString("rw-r--r--")));
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
