package dev.tollbar.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that lines are appended to, chained, and closed in time for a new one. Several processes
 * may share it: each looks where the chain stands before it writes, under a lock, which it keeps
 * for a moment, as there may be more to write. While it does, the head in its file may be behind;
 * lines that follow it are found by whoever comes next. One thread at a time.
 */
final class DecisionFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionFile.class);

  /** How long the lock is kept for what may come. */
  static final Duration LEASE = Duration.ofMillis(20);

  private static final long UNKNOWN = -1;

  private final Path folder;
  private final Path path;
  private final ChainKey key;
  private final InstantSource clock;
  private final Supplier<Rotation> rotation;
  private final Duration patience;
  private final ChainRecovery recovery;
  private final DecisionEncoder encoder = new DecisionEncoder();

  private @Nullable HeadFile headFile;
  private HeadFile.@Nullable Hold hold;
  private long heldAt;
  private boolean headIsBehind;
  private @Nullable RandomAccessFile file;

  /** Where {@link #file} would write next. */
  private long position;

  private @Nullable Object fileKey;
  private final Lines out = new Lines();
  private byte[] headWritten = {};
  private ChainHead head = ChainHead.beginning();

  /** The links of lines that may have been written, though something failed. */
  private List<byte[]> attempted = List.of();

  private boolean dirty;

  private DecisionFile(
      Path folder,
      ChainKey key,
      InstantSource clock,
      Supplier<Rotation> rotation,
      Duration patience) {
    this.folder = folder;
    this.path = DecisionFiles.current(folder);
    this.key = key;
    this.clock = clock;
    this.rotation = rotation;
    this.patience = patience;
    this.recovery = new ChainRecovery(folder, key);
  }

  /**
   * Opens the log of a folder, and mends what a crash left unfinished.
   *
   * @param patience how long another process may hold the log
   */
  static DecisionFile open(
      Path folder,
      ChainKey key,
      InstantSource clock,
      Supplier<Rotation> rotation,
      Duration patience)
      throws IOException {
    DecisionFile file = new DecisionFile(folder, key, clock, rotation, patience);
    try {
      file.append(List.of());
    } catch (IOException e) {
      file.close();
      throw new IOException(file.problem(e), e);
    }
    return file;
  }

  /**
   * Appends lines: all of them, or none as far as readers are concerned. After a failure it is to
   * be called again with the same lines first; those that did get into the file are not written
   * twice.
   *
   * @param bodies JSON objects with members
   */
  void append(List<byte[]> bodies) throws IOException {
    try {
      List<byte[]> lines = new ArrayList<>();
      if (hold == null) {
        hold = headFile().hold();
        heldAt = System.nanoTime();
        lookAround(lines);
      }
      List<byte[]> rest = bodies.subList(alreadyWritten(), bodies.size());
      if (!rest.isEmpty() || !lines.isEmpty()) {
        Instant now = clock.instant();
        if (rotation.get().isDue(head, now)) {
          rotate(now);
        }
        int events = lines.size();
        lines.addAll(rest);
        write(lines, events, now);
      }
      attempted = List.of();
      releaseInTime();
    } catch (IOException e) {
      reopenLater();
      throw e;
    }
  }

  /** Whether the log is kept from other processes now. */
  boolean isHeld() {
    return hold != null;
  }

  /** Lets other processes write, if it is time. */
  void releaseInTime() throws IOException {
    if (hold != null && System.nanoTime() - heldAt > LEASE.toNanos()) {
      release();
    }
  }

  private void release() throws IOException {
    HeadFile.Hold held = hold;
    if (held == null) {
      return;
    }
    try {
      if (headIsBehind) {
        keep(head);
      }
    } finally {
      hold = null;
      held.close();
    }
  }

  /** Where the chain stands now: as this object left it, unless somebody else was here. */
  private void lookAround(List<byte[]> lines) throws IOException {
    byte[] headBytes = headFile().read();
    RandomAccessFile open = file;
    if (open != null
        && Arrays.equals(headBytes, headWritten)
        && Objects.equals(fileKey, DecisionFiles.key(path))
        && open.length() == head.size()) {
      return;
    }
    closeFile();
    ChainRecovery.Found found = recovery.find(headBytes, file(), clock.instant());
    if (!Objects.equals(fileKey, DecisionFiles.key(path))) {
      closeFile(); // it was set aside
      file();
    }
    head = found.head();
    headWritten = headBytes;
    for (LogEvent event : found.events()) {
      LOG.error("{}: {} {}", path, event.kind().wire(), event.details());
      lines.add(encoder.body(event));
    }
    if (found.events().isEmpty() && !Arrays.equals(headBytes, head.write(key))) {
      keep(head);
    }
  }

  private int alreadyWritten() {
    for (int i = attempted.size() - 1; i >= 0; i--) {
      if (ChainKey.same(attempted.get(i), head.linkBytes())) {
        return i + 1;
      }
    }
    return 0;
  }

  private void write(List<byte[]> lines, int events, Instant now) throws IOException {
    out.begin();
    List<byte[]> links = new ArrayList<>(lines.size());
    byte[] link = head.linkBytes();
    long seq = head.seq();
    for (byte[] body : lines) {
      boolean first = head.size() == 0 && links.isEmpty();
      link = ChainedLine.write(out, key, ++seq, link, first, body);
      links.add(link);
    }
    attempted = links.subList(events, links.size());
    ChainHead next = head.at(seq, link, head.size() + out.size());
    try {
      dirty = true;
      RandomAccessFile open = file();
      if (position != head.size()) {
        open.seek(head.size());
      }
      position = UNKNOWN; // until all of it is written
      open.write(out.bytes(), 0, out.size());
      position = next.size();
      head = head.size() == 0 ? next.withOpened(now.getEpochSecond()) : next;
      headIsBehind = true;
    } catch (IOException e) {
      takeBack();
      throw e;
    }
  }

  private void keep(ChainHead next) throws IOException {
    byte[] bytes = next.write(key);
    headFile().write(bytes);
    headWritten = bytes;
    headIsBehind = false;
    head = next;
  }

  /** Half a batch helps nobody; where it cannot be taken off, the next attempt finds it. */
  private void takeBack() {
    try {
      file().setLength(head.size());
    } catch (IOException e) {
      LOG.debug("{}: {}", path, e.getMessage());
    }
  }

  private void rotate(Instant now) throws IOException {
    file().getFD().sync();
    closeFile();
    Files.move(
        path, DecisionFiles.rotated(folder, now, head.begins()), StandardCopyOption.ATOMIC_MOVE);
    file();
    keep(head.inNewFile());
    removeOldest();
  }

  /** First the head says that they are not missing, then they go. */
  private void removeOldest() throws IOException {
    if (rotation.get().keep().isEmpty()) {
      return;
    }
    List<Path> closed = DecisionFiles.rotated(folder);
    int keep = rotation.get().keep().getAsInt();
    if (closed.size() <= keep) {
      return;
    }
    int gone = closed.size() - keep;
    long oldest =
        keep == 0 ? head.begins() : DecisionFiles.firstLine(closed.get(gone)).orElseThrow();
    keep(head.withOldest(oldest));
    for (Path file : closed.subList(0, gone)) {
      Files.deleteIfExists(file);
    }
  }

  private HeadFile headFile() throws IOException {
    HeadFile open = headFile;
    if (open == null) {
      open = HeadFile.open(folder, patience);
      headFile = open;
    }
    return open;
  }

  private RandomAccessFile file() throws IOException {
    RandomAccessFile open = file;
    if (open == null) {
      open = DecisionFiles.writable(path);
      file = open;
      position = UNKNOWN;
      fileKey = DecisionFiles.key(path);
    }
    return open;
  }

  /** Forces what was written to disk. */
  void sync() throws IOException {
    RandomAccessFile open = file;
    if (open == null || !dirty) {
      return;
    }
    try {
      release();
      open.getFD().sync();
      headFile().sync();
      dirty = false;
      restoreHead();
    } catch (IOException e) {
      reopenLater();
      throw e;
    }
  }

  /** A head that somebody removed is written again: nothing else says where the chain stands. */
  private void restoreHead() throws IOException {
    HeadFile open = headFile();
    if (open.isThere()) {
      return;
    }
    headFile = null;
    open.close();
    try (HeadFile.Hold _ = headFile().hold()) {
      if (headFile().read().length == 0) {
        headFile().write(headWritten);
      }
    }
  }

  boolean dirty() {
    return dirty;
  }

  private void closeFile() throws IOException {
    RandomAccessFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  private void reopenLater() {
    try {
      close();
    } catch (IOException _) {
      // what closing could tell is known already: the file is given up
    }
    headWritten = new byte[0];
    headIsBehind = false;
  }

  /** The failure in an operator's words. */
  String problem(Exception failure) {
    return "decision records cannot be written to " + path + ": " + why(failure);
  }

  private static String why(Exception failure) {
    String reason =
        failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
    return reason == null ? failure.toString() : reason;
  }

  @Override
  public void close() throws IOException {
    try {
      release();
    } finally {
      HeadFile open = headFile;
      headFile = null;
      try {
        if (open != null) {
          open.close();
        }
      } finally {
        closeFile();
      }
    }
  }
}
