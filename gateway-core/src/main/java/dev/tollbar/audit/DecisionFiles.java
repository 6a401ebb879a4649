package dev.tollbar.audit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of the log's files in a data folder: {@code decisions.jsonl} is written to, {@code
 * decisions-20261126T080000Z-1234.jsonl} was closed at that time and begins with line 1234 of the
 * log.
 */
final class DecisionFiles {
  static final String CURRENT = "decisions.jsonl";

  private static final Pattern ROTATED =
      Pattern.compile("decisions-\\d{8}T\\d{6}Z-(\\d{1,18})\\.jsonl");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private DecisionFiles() {}

  static Path current(Path folder) {
    return folder.resolve(CURRENT);
  }

  /** The name that a file gets when it is closed. */
  static Path rotated(Path folder, Instant time, long firstLine) {
    return folder.resolve("decisions-" + STAMP.format(time) + "-" + firstLine + ".jsonl");
  }

  /** The line of the log that a closed file begins with; empty of other files. */
  static OptionalLong firstLine(Path file) {
    Matcher name = ROTATED.matcher(String.valueOf(file.getFileName()));
    return name.matches() ? OptionalLong.of(Long.parseLong(name.group(1))) : OptionalLong.empty();
  }

  /** The closed files, oldest first. */
  static List<Path> rotated(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "decisions-*.jsonl")) {
      for (Path entry : entries) {
        if (firstLine(entry).isPresent()) {
          files.add(entry);
        }
      }
    }
    files.sort(
        Comparator.comparingLong((Path file) -> firstLine(file).orElseThrow())
            .thenComparing(Comparator.naturalOrder()));
    return files;
  }

  /** What tells a file from another one of its name; null if there is none. */
  static @Nullable Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  /** The log's files as they were at one moment, though it goes on and changes files meanwhile. */
  static List<OpenFile> open(Path folder) throws IOException {
    Path current = current(folder);
    while (true) {
      Object key = key(current);
      List<OpenFile> files = new ArrayList<>();
      for (Path file : rotated(folder)) {
        files.add(new OpenFile(file));
      }
      if (key == null) {
        if (key(current) == null) {
          return files;
        }
        continue;
      }
      OpenFile last = new OpenFile(current);
      try {
        last.lines();
        if (Objects.equals(key, key(current))) {
          files.add(last);
          return files;
        }
      } catch (NoSuchFileException _) {
        // it was closed between the two looks: look again
      }
      last.close();
    }
  }

  /** A file of the log, which is opened when its first line is wanted, if not before. */
  static final class OpenFile implements AutoCloseable {
    private final Path path;
    private @Nullable LineReader lines;

    OpenFile(Path path) {
      this.path = path;
    }

    Path path() {
      return path;
    }

    LineReader lines() throws IOException {
      LineReader open = lines;
      if (open == null) {
        open = new LineReader(Files.newInputStream(path));
        lines = open;
      }
      return open;
    }

    @Override
    public void close() throws IOException {
      LineReader open = lines;
      if (open != null) {
        open.close();
      }
    }
  }
}
