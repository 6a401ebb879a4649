package dev.tollbar.legacy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that were ended, until their ids expire: an id stays readable, so that a session is
 * over must be written down. Kept in memory and in a file of the data folder, one line each, which
 * is read on where other processes have written: gateways that share the folder agree. A line that
 * was written survives the process; after a power failure the last ones may be missing.
 */
public final class EndedSessions {
  private static final Logger LOG = LoggerFactory.getLogger(EndedSessions.class);
  private static final int MOST = 100_000;
  private static final int ID_CHARACTERS = 32;

  private final Path file;
  private final InstantSource clock;
  private final int most;

  /** By the digest of the id, oldest first; the value is when the id expires. */
  private final Map<String, Long> ended = new LinkedHashMap<>();

  private long read;
  private boolean full;

  EndedSessions(Path file, InstantSource clock, int most) {
    this.file = file;
    this.clock = clock;
    this.most = most;
  }

  /**
   * Those of a data folder.
   *
   * @throws IOException when the file can be neither read nor written
   */
  public static EndedSessions open(Path dataFolder, InstantSource clock) throws IOException {
    EndedSessions ended = new EndedSessions(dataFolder.resolve("ended-sessions.txt"), clock, MOST);
    ended.tidy();
    return ended;
  }

  /** Notes that a session is over. */
  synchronized void add(String id, Instant expires) {
    String name = digest(id);
    put(name, expires.getEpochSecond());
    try {
      append(name + " " + expires.getEpochSecond() + "\n");
    } catch (IOException e) {
      LOG.warn("{}: an ended session could not be noted: {}", file, e.getMessage());
    }
  }

  /** Whether a session is over. */
  synchronized boolean contains(String id) {
    try {
      readOn();
    } catch (IOException e) {
      LOG.warn("{}: cannot be read: {}", file, e.getMessage());
    }
    return ended.containsKey(digest(id));
  }

  /** Reads the file, and writes it anew without what has expired. */
  private synchronized void tidy() throws IOException {
    readOn();
    if (!Files.exists(file)) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    ended.forEach((name, expires) -> lines.append(name).append(' ').append(expires).append('\n'));
    Path complete = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    Files.writeString(complete, lines, StandardCharsets.US_ASCII);
    Files.move(complete, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    read = lines.length();
  }

  private void append(String line) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /** Reads what this or another process has written since the last time. */
  private void readOn() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < read) {
        read = 0; // another process has tidied up
      }
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size - read));
      while (bytes.hasRemaining() && channel.read(bytes, read + bytes.position()) >= 0) {
        // goes on
      }
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
      int complete = text.lastIndexOf('\n') + 1;
      text.substring(0, complete).lines().forEach(this::take);
      read += complete;
    }
  }

  /** A line that was cut short by a crash says nothing. */
  private void take(String line) {
    if (line.length() > ID_CHARACTERS + 1 && line.charAt(ID_CHARACTERS) == ' ') {
      try {
        put(line.substring(0, ID_CHARACTERS), Long.parseLong(line.substring(ID_CHARACTERS + 1)));
      } catch (NumberFormatException e) {
        LOG.warn("{}: skipped a line that is none of ours", file);
      }
    }
  }

  private void put(String name, long expires) {
    long now = clock.instant().getEpochSecond();
    if (expires <= now) {
      return;
    }
    ended.put(name, expires);
    if (ended.size() <= most) {
      return;
    }
    ended.values().removeIf(when -> when <= now);
    if (ended.size() > most) {
      Iterator<String> oldest = ended.keySet().iterator();
      oldest.next();
      oldest.remove();
      if (!full) {
        LOG.warn("{}: more than {} ended sessions; the oldest are forgotten", file, most);
      }
      full = true;
    }
  }

  private static String digest(String id) {
    try {
      byte[] whole =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(whole, 0, ID_CHARACTERS / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
