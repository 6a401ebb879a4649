package dev.tollbar.audit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds out where the log stands, after another process wrote to it, a crash, or somebody's hand.
 * Only what was never finished is taken off; whatever else is found is left as it is, and said.
 */
final class ChainRecovery {
  private static final int MOST_TEXT = 2_000;

  /**
   * Where to go on.
   *
   * @param events what is to be told in the log
   */
  record Found(ChainHead head, List<LogEvent> events) {}

  private final Path folder;
  private final ChainKey key;

  ChainRecovery(Path folder, ChainKey key) {
    this.folder = folder;
    this.key = key;
  }

  /**
   * Looks at the head that was read, and at the file that is written to.
   *
   * @param file the file that is written to
   */
  Found find(byte[] headBytes, RandomAccessFile file, Instant now) throws IOException {
    Optional<ChainHead> read = ChainHead.read(headBytes, key);
    if (read.isEmpty()) {
      return withoutHead(headBytes.length > 0, file, now);
    }
    ChainHead head = read.get();
    if (file.length() < head.size() && wasRotated(head)) {
      head = head.inNewFile();
    }
    if (file.length() == head.size()) {
      return new Found(head, List.of());
    }
    return file.length() > head.size()
        ? beyondHead(head, file, now)
        : shorterThanHead(head, file, now);
  }

  /** A rotation was cut short after the old file had got its new name. */
  private boolean wasRotated(ChainHead head) throws IOException {
    for (Path closed : DecisionFiles.rotated(folder)) {
      OptionalLong first = DecisionFiles.firstLine(closed);
      if (first.equals(OptionalLong.of(head.begins())) && Files.size(closed) == head.size()) {
        return true;
      }
    }
    return false;
  }

  /** Whole lines that hold are kept; what follows was never finished. */
  private Found beyondHead(ChainHead start, RandomAccessFile file, Instant now) throws IOException {
    ChainHead head = start.size() == 0 ? start.withOpened(now.getEpochSecond()) : start;
    byte[] tail = read(file, head.size());
    LineReader lines = new LineReader(new ByteArrayInputStream(tail));
    long good = 0;
    for (byte[] line = lines.next(); line != null && lines.complete(); line = lines.next()) {
      Optional<ChainedLine> chained = ChainedLine.read(line);
      if (chained.isEmpty()
          || chained.get().seq() != head.seq() + 1
          || !chained.get().follows(head.linkBytes(), line, key)) {
        break;
      }
      good = lines.bytesRead();
      head = head.at(chained.get().seq(), chained.get().link(), start.size() + good);
    }
    if (good == tail.length) {
      return new Found(head, List.of());
    }
    file.setLength(head.size());
    String text = new String(tail, (int) good, tail.length - (int) good, StandardCharsets.UTF_8);
    String cut = text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) : text;
    return new Found(head, List.of(LogEvent.torn(now, tail.length - good, cut)));
  }

  private static Found shorterThanHead(ChainHead head, RandomAccessFile file, Instant now)
      throws IOException {
    LogEvent missing = LogEvent.missing(now, head, file.length());
    if (file.length() == 0) {
      return new Found(head.inNewFile(), List.of(missing));
    }
    if (read(file, file.length() - 1)[0] != (byte) '\n') {
      file.seek(file.length());
      file.write('\n');
    }
    return new Found(head.at(head.seq(), head.linkBytes(), file.length()), List.of(missing));
  }

  /** The numbers go on, as far as they can be read; the chain cannot. */
  private Found withoutHead(boolean there, RandomAccessFile file, Instant now) throws IOException {
    List<Path> closed = DecisionFiles.rotated(folder);
    if (!there && closed.isEmpty() && file.length() == 0) {
      return new Found(ChainHead.beginning(), List.of());
    }
    long newest = 0;
    for (Path each : closed) {
      newest = Math.max(newest, newest(each));
    }
    Path current = DecisionFiles.current(folder);
    if (file.length() > 0) {
      newest = Math.max(newest, newest(current));
      Files.move(current, DecisionFiles.rotated(folder, now, first(current)));
    }
    List<Path> all = DecisionFiles.rotated(folder);
    long oldest =
        all.isEmpty() ? newest + 1 : DecisionFiles.firstLine(all.getFirst()).orElseThrow();
    ChainHead head = new ChainHead(newest, ChainHead.beginning().link(), newest + 1, 0, 0, oldest);
    return new Found(head, List.of(LogEvent.headLost(now, there)));
  }

  private static long first(Path file) throws IOException {
    try (LineReader lines = new LineReader(Files.newInputStream(file))) {
      byte[] line = lines.next();
      return Optional.ofNullable(line).flatMap(ChainedLine::read).map(ChainedLine::seq).orElse(0L);
    }
  }

  private static long newest(Path file) throws IOException {
    long newest = 0;
    try (LineReader lines = new LineReader(Files.newInputStream(file))) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        newest = Math.max(newest, ChainedLine.read(line).map(ChainedLine::seq).orElse(0L));
      }
    }
    return newest;
  }

  private static byte[] read(RandomAccessFile file, long from) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(file.length() - from)];
    file.seek(from);
    file.readFully(bytes);
    return bytes;
  }
}
