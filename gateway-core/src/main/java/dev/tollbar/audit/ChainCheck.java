package dev.tollbar.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the chain of a log: whether a line was removed, edited, put in, moved or cut off. Works
 * while a gateway writes. It cannot find what somebody did who has the key, nor that the whole
 * folder was put back to an older state, unless a newer {@link Anchor} was kept elsewhere.
 *
 * <p>One thread; one check.
 */
public final class ChainCheck {
  private static final Pattern TIME = Pattern.compile("\"time\":\"([^\"]{1,40})\"");
  private static final Pattern EVENT = Pattern.compile("\"event\":\"(torn|missing|head_lost)\"");
  private static final int NEAR_THE_START = 300;

  /**
   * What was checked.
   *
   * @param files each file with its lines
   * @param faults how many faults there are
   * @param first when the first line was written about
   * @param last when the last line was written about
   * @param newest the newest line, to be kept elsewhere; empty of a log without lines
   */
  public record Report(
      List<CheckedFile> files,
      long lines,
      long faults,
      Optional<Instant> first,
      Optional<Instant> last,
      Optional<Anchor> newest) {}

  /** One file, with the numbers of its first and last line; both 0 if it has none. */
  public record CheckedFile(Path file, long lines, long from, long through) {}

  /**
   * What is wrong, or worth knowing.
   *
   * @param line where in the file; 0 of the file as a whole
   * @param fault false of what is only told
   */
  public record Finding(Path file, long line, boolean fault, String what) {

    /** As operators read it: {@code decisions.jsonl:12: …}. */
    public String text() {
      return file.getFileName() + (line == 0 ? "" : ":" + line) + ": " + what;
    }
  }

  /**
   * A line that is known to have been in the log: {@code 1234:9f86…}.
   *
   * @param chain its link, in hex
   */
  public record Anchor(long seq, String chain) {
    private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,17}):([0-9a-f]{64})");

    /** Reads an anchor; empty if it is none. */
    public static Optional<Anchor> of(String text) {
      Matcher anchor = TEXT.matcher(text);
      return anchor.matches()
          ? Optional.of(new Anchor(Long.parseLong(anchor.group(1)), anchor.group(2)))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return seq + ":" + chain;
    }
  }

  private final ChainKey key;
  private final Consumer<Finding> findings;
  private final LongConsumer progress;
  private final Deque<Anchor> anchors = new ArrayDeque<>();
  private final List<CheckedFile> files = new ArrayList<>();
  private final RecentLinks recent = new RecentLinks();

  private Path file = Path.of("");
  private long line;
  private long lines;
  private long faults;
  private long bytes;
  private long expected;
  private long newestSeq;
  private int unreadable;
  private boolean incomplete;
  private byte @Nullable [] firstText;
  private byte @Nullable [] lastText;
  private Optional<Anchor> newest = Optional.empty();

  /**
   * A check.
   *
   * @param keyFile {@code chain.key} of the data folder that the log is from
   * @param findings is told of what is found, as it is found
   * @param progress is told how many bytes were read so far
   * @throws IOException when there is no such key; the message is for the operator
   */
  public ChainCheck(
      Path keyFile, Optional<Anchor> anchor, Consumer<Finding> findings, LongConsumer progress)
      throws IOException {
    this.key = ChainKey.read(keyFile);
    this.findings = findings;
    this.progress = progress;
    anchor.ifPresent(anchors::add);
  }

  /** The files that a check of a file or folder reads, as they are now. */
  public static List<Path> filesOf(Path fileOrFolder) throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return List.of(fileOrFolder);
    }
    List<Path> all = new ArrayList<>(DecisionFiles.rotated(fileOrFolder));
    if (Files.exists(DecisionFiles.current(fileOrFolder))) {
      all.add(DecisionFiles.current(fileOrFolder));
    }
    return all;
  }

  /** Checks a data folder: all files, and that nothing is missing at either end. */
  public Report folder(Path folder) throws IOException {
    Path headPath = folder.resolve(HeadFile.NAME);
    Optional<ChainHead> head = head(headPath);
    head.filter(known -> known.seq() > 0)
        .ifPresent(known -> anchors.add(new Anchor(known.seq(), known.link())));
    boolean begun = false;
    List<DecisionFiles.OpenFile> open = DecisionFiles.open(folder);
    for (int i = 0; i < open.size(); i++) {
      try (DecisionFiles.OpenFile each = open.get(i)) {
        if (!begun && each.lines().hasMore()) {
          begun = true;
          beginning(each, head(headPath).map(ChainHead::oldest).orElse(1L));
        }
        check(each, i == open.size() - 1);
      } catch (NoSuchFileException _) {
        // it was the oldest one, and rotation has removed it just now; else its lines are missed
      }
    }
    if (head.isEmpty()) {
      file = headPath;
      line = 0;
      fault(
          Files.exists(headPath)
              ? "was not made with this key, or was edited: whether lines are missing at the end cannot be told"
              : "is not there: whether lines are missing at the end cannot be told");
    }
    return report();
  }

  /** Checks one file by itself. Whether lines are missing after its last one cannot be told. */
  public Report file(Path path) throws IOException {
    try (DecisionFiles.OpenFile each = new DecisionFiles.OpenFile(path)) {
      check(each, true);
    }
    return report();
  }

  private Optional<ChainHead> head(Path path) throws IOException {
    try {
      return ChainHead.read(Files.readAllBytes(path), key);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private void beginning(DecisionFiles.OpenFile first, long oldest) {
    long begins = DecisionFiles.firstLine(first.path()).orElse(oldest);
    expected = Math.min(oldest, Math.max(1, begins));
  }

  private void check(DecisionFiles.OpenFile open, boolean last) throws IOException {
    file = open.path();
    line = 0;
    long before = lines;
    long from = 0;
    long through = 0;
    LineReader reader = open.lines();
    for (byte[] text = reader.next(); text != null; text = reader.next()) {
      line++;
      incomplete = !reader.complete();
      if (incomplete && last) {
        note("the last line is not complete: it is being written, or its writer was killed");
        break;
      }
      lines++;
      Optional<ChainedLine> read = ChainedLine.read(text).filter(_ -> !incomplete);
      if (read.isEmpty()) {
        unreadable++;
        fault("is no line of the log: it was edited, or put in");
      } else {
        check(read.get(), text);
        from = from == 0 ? read.get().seq() : from;
        through = read.get().seq();
      }
      progress.accept(bytes + reader.bytesRead());
    }
    bytes += reader.bytesRead();
    files.add(new CheckedFile(file, lines - before, from, through));
  }

  private void check(ChainedLine chained, byte[] text) {
    order(chained.seq());
    link(chained, text);
    anchors.stream()
        .filter(anchor -> anchor.seq() == chained.seq())
        .filter(anchor -> !anchor.chain().equals(HexFormat.of().formatHex(chained.link())))
        .findAny()
        .ifPresent(anchor -> fault("is another line " + anchor.seq() + " than was known before"));
    events(text);
    unreadable = 0;
    if (chained.seq() > newestSeq) {
      newestSeq = chained.seq();
      newest = Optional.of(new Anchor(chained.seq(), HexFormat.of().formatHex(chained.link())));
      expected = newestSeq + 1;
    }
    firstText = firstText == null ? text : firstText;
    lastText = text;
  }

  private void order(long seq) {
    if (expected == 0 || seq == expected) {
      return;
    }
    if (seq < expected) {
      fault(
          "line %d of the log stands here again, or in the wrong place; expected line %d"
              .formatted(seq, expected));
    } else if (seq - expected > unreadable) {
      fault(missing(expected, seq - 1) + " missing before this one");
    }
  }

  private static String missing(long from, long through) {
    return from == through
        ? "line " + from + " of the log is"
        : "lines " + from + " to " + through + " of the log are";
  }

  private void link(ChainedLine chained, byte[] text) {
    List<byte[]> before = recent.of(chained.seq() - 1);
    if (chained.seq() == 1) {
      before = List.of(ChainedLine.BEGINNING);
    } else if (before.isEmpty() && newestSeq == 0 && chained.previous().isPresent()) {
      before = List.of(chained.previous().get());
    }
    if (before.isEmpty()) {
      fault(
          newestSeq == 0 && unreadable == 0
              ? "is not the first line of a file, so lines are missing before it"
              : "cannot be checked, because the line before it is not there as it was written");
      recent.add(chained.seq(), chained.link());
      return;
    }
    for (byte[] link : before) {
      if (chained.follows(link, text, key)) {
        recent.add(chained.seq(), chained.link());
        return;
      }
    }
    if (chained.follows(ChainedLine.BEGINNING, text, key)) {
      fault("the chain begins anew here: where it stood had been lost");
    } else {
      fault("is not as it was written, or does not follow the line before it");
    }
    recent.add(chained.seq(), chained.link());
    recent.add(chained.seq(), key.link(before.getFirst(), text, 0, chained.linked()));
  }

  private void events(byte[] text) {
    Matcher event = EVENT.matcher(start(text));
    if (event.find()) {
      note(
          switch (event.group(1)) {
            case "torn" -> "tells that a line was cut short by a crash, and taken off";
            case "missing" -> "tells that lines were missing when writing went on";
            default -> "tells that the head of the chain was lost";
          });
    }
  }

  private Report report() {
    for (Anchor anchor : anchors) {
      if (newestSeq < anchor.seq()) {
        line = 0;
        fault(missing(newestSeq + 1, anchor.seq()) + " missing at the end");
        break;
      }
    }
    return new Report(files, lines, faults, time(firstText), time(lastText), newest);
  }

  private static Optional<Instant> time(byte @Nullable [] text) {
    if (text == null) {
      return Optional.empty();
    }
    Matcher time = TIME.matcher(start(text));
    try {
      return time.find() ? Optional.of(Instant.parse(time.group(1))) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static String start(byte[] text) {
    return new String(text, 0, Math.min(text.length, NEAR_THE_START), StandardCharsets.ISO_8859_1);
  }

  private void fault(String what) {
    faults++;
    findings.accept(new Finding(file, line, true, what));
  }

  private void note(String what) {
    findings.accept(new Finding(file, line, false, what));
  }
}
