package dev.tollbar.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that lines are appended to, chained, and closed in time for a new one. Several processes
 * may share it: each looks where the chain stands before it writes, under a lock. One thread.
 */
final class DecisionFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionFile.class);

  private final Path folder;
  private final Path path;
  private final ChainKey key;
  private final InstantSource clock;
  private final Supplier<Rotation> rotation;
  private final Duration patience;
  private final ChainRecovery recovery;
  private final DecisionEncoder encoder = new DecisionEncoder();

  private @Nullable HeadFile headFile;
  private @Nullable FileChannel channel;
  private @Nullable Object channelKey;
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
    try (HeadFile.Hold _ = headFile().hold()) {
      List<byte[]> lines = new ArrayList<>();
      lookAround(lines);
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
    } catch (IOException e) {
      reopenLater();
      throw e;
    }
  }

  /** Where the chain stands now: as this object left it, unless somebody else was here. */
  private void lookAround(List<byte[]> lines) throws IOException {
    byte[] headBytes = headFile().read();
    FileChannel open = channel;
    if (open != null
        && Arrays.equals(headBytes, headWritten)
        && Objects.equals(channelKey, DecisionFiles.key(path))
        && open.size() == head.size()) {
      return;
    }
    closeChannel();
    ChainRecovery.Found found = recovery.find(headBytes, channel(), clock.instant());
    if (!Objects.equals(channelKey, DecisionFiles.key(path))) {
      closeChannel(); // it was set aside
      channel();
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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
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
      FileChannel file = channel();
      ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
      while (bytes.hasRemaining()) {
        file.write(bytes, head.size() + bytes.position());
        dirty = true;
      }
      keep(head.size() == 0 ? next.withOpened(now.getEpochSecond()) : next);
    } catch (IOException e) {
      takeBack();
      throw e;
    }
  }

  private void keep(ChainHead next) throws IOException {
    byte[] bytes = next.write(key);
    headFile().write(bytes);
    headWritten = bytes;
    head = next;
  }

  /** Half a batch helps nobody; where it cannot be taken off, the next attempt finds it. */
  private void takeBack() {
    try {
      channel().truncate(head.size());
    } catch (IOException e) {
      LOG.debug("{}: {}", path, e.getMessage());
    }
  }

  private void rotate(Instant now) throws IOException {
    channel().force(false);
    closeChannel();
    Files.move(
        path, DecisionFiles.rotated(folder, now, head.begins()), StandardCopyOption.ATOMIC_MOVE);
    channel();
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

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      open =
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      channel = open;
      channelKey = DecisionFiles.key(path);
    }
    return open;
  }

  /** Forces what was written to disk. */
  void sync() throws IOException {
    FileChannel open = channel;
    if (open == null || !dirty) {
      return;
    }
    try {
      open.force(false);
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

  private void closeChannel() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  private void reopenLater() {
    headWritten = new byte[0];
    try {
      close();
    } catch (IOException _) {
      // what closing could tell is known already: the file is given up
    }
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
    HeadFile open = headFile;
    headFile = null;
    try {
      if (open != null) {
        open.close();
      }
    } finally {
      closeChannel();
    }
  }
}
