package dev.tollbar.document;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.policy.Wording;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The folder of a document: the only one that its files are read from. Remembers what was read, as
 * that is part of the revision. For one thread, while a document is read.
 */
final class Folder {
  static final int LARGEST = 10 * 1024 * 1024;

  private final Path root;
  private final Optional<Map<String, String>> kept;
  private final SortedMap<String, String> contents = new TreeMap<>();
  private final Set<Path> files = new LinkedHashSet<>();

  /** The paths of {@code contents} as they were asked for, each time. */
  private final List<String> reads = new ArrayList<>();

  Folder(Path root) {
    this(root, Optional.empty());
  }

  private Folder(Path root, Optional<Map<String, String>> kept) {
    this.root = root;
    this.kept = kept;
  }

  /** A folder of these files alone, by path, which is nowhere on disk. */
  static Folder of(Map<String, String> files) {
    return new Folder(Path.of(""), Optional.of(Map.copyOf(files)));
  }

  /** Every file that was read or looked for. */
  Set<Path> files() {
    return Collections.unmodifiableSet(files);
  }

  /** What was read as part of the revision, by path as the document writes it. */
  SortedMap<String, String> contents() {
    return contents;
  }

  void watch(Path file) {
    files.add(file);
  }

  /**
   * Reads a file as part of the revision.
   *
   * @param key the config key that names it, for messages
   * @param path relative to the folder
   * @throws InvalidConfigException if there is no such file here, or it is not UTF-8
   */
  String read(String key, String path) {
    String text = kept.isPresent() ? kept(key, path, kept.get()) : secret(key, path);
    contents.put(path, text);
    reads.add(path);
    return text;
  }

  /** How often a file was read as part of the revision. */
  int reads() {
    return reads.size();
  }

  /** The files that were read since then as part of the revision, by path. */
  SortedMap<String, String> contentsSince(int read) {
    SortedMap<String, String> since = new TreeMap<>();
    reads.subList(read, reads.size()).forEach(path -> since.put(path, contents.get(path)));
    return since;
  }

  private static String kept(String key, String path, Map<String, String> kept) {
    return Optional.ofNullable(kept.get(path))
        .orElseThrow(() ->
            new InvalidConfigException(
                key, "a file that was kept with the document", Wording.quote(path)));
  }

  /** Reads a file whose text is kept out of the revision. */
  String secret(String key, String path) {
    Path file = find(key, path);
    files.add(file);
    try {
      return text(file);
    } catch (ReadException e) {
      throw new InvalidConfigException(key, e.expected(), Wording.quote(path) + e.found());
    }
  }

  private Path find(String key, String path) {
    String expected = "a file in the document's folder";
    try {
      Path named = Path.of(path);
      if (path.isEmpty() || named.isAbsolute()) {
        throw new InvalidConfigException(key, expected, Wording.quote(path));
      }
      Path file = root.resolve(named).normalize();
      if (!file.startsWith(root)) {
        throw new InvalidConfigException(
            key, expected, Wording.quote(path) + ", which lies outside");
      }
      if (Files.exists(file) && !file.toRealPath().startsWith(root)) {
        throw new InvalidConfigException(
            key, expected, Wording.quote(path) + ", which links to a file outside");
      }
      return file;
    } catch (InvalidPathException | IOException _) {
      throw new InvalidConfigException(key, expected, Wording.quote(path));
    }
  }

  /** The text of a file of bounded size, strictly UTF-8. */
  static String text(Path file) throws ReadException {
    try {
      if (!Files.exists(file)) {
        throw new ReadException("a file that exists", ", which does not exist");
      }
      if (Files.isDirectory(file)) {
        throw new ReadException("a file, and no folder", ", which is a folder");
      }
      if (!Files.isRegularFile(file)) {
        throw new ReadException("an ordinary file", ", which is none");
      }
      byte[] bytes = bytes(file);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.startsWith("\uFEFF")) {
        throw new ReadException("UTF-8 without a byte order mark", ", which begins with one");
      }
      return text;
    } catch (CharacterCodingException _) {
      throw new ReadException("a file in UTF-8", ", which is not");
    } catch (IOException _) {
      throw new ReadException("a file that can be read", ", which cannot be read");
    }
  }

  private static byte[] bytes(Path file) throws IOException, ReadException {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new ReadException("a file of at most 10 MB", ", which is larger");
      }
      return bytes;
    }
  }

  /** Why a file was not read. */
  static final class ReadException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String expected;
    private final String found;

    ReadException(String expected, String found) {
      super(expected + found);
      this.expected = expected;
      this.found = found;
    }

    String expected() {
      return expected;
    }

    /** Goes on after the name of the file. */
    String found() {
      return found;
    }
  }
}
