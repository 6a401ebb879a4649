package dev.tollbar.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a data folder's log by their numbers, from the newest back or onwards from one,
 * without reading what lies before: lines are found by halving. Works while gateways write, and
 * checks no chain. Lines that are none of the log are passed over. Safe for use by many threads.
 */
public final class DecisionPages {
  private static final int BLOCK = 1 << 16;
  private static final int START = 64;
  private static final Pattern SEQ = Pattern.compile("\\{\"seq\":([1-9]\\d{0,17}),");

  /**
   * A page, newest first.
   *
   * @param next ask for what is before this one for the next page; empty if there is none
   */
  public record Page(List<DecisionReader.Entry> entries, OptionalLong next) {
    public Page {
      entries = List.copyOf(entries);
    }
  }

  private record Segment(Path path, FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private final Path folder;

  public DecisionPages(Path dataFolder) {
    this.folder = dataFolder;
  }

  /**
   * The newest lines before a number.
   *
   * @param before only lines of smaller numbers; {@link Long#MAX_VALUE} for all
   * @param limit how many at most
   * @param most how many lines are looked at, at most: a page may then be short, or empty, and not
   *     the last
   */
  public Page before(long before, int limit, int most, Predicate<DecisionReader.Entry> wanted)
      throws IOException {
    List<DecisionReader.Entry> entries = new ArrayList<>();
    int looked = 0;
    Deque<Segment> segments = open(0);
    try {
      while (!segments.isEmpty()) {
        try (Segment segment = segments.removeLast()) {
          long size = segment.channel().size();
          long end = before == Long.MAX_VALUE ? size : offset(segment.channel(), size, before);
          Backward lines = new Backward(segment.channel(), end);
          for (byte[] line = lines.next(); line.length > 0; line = lines.next()) {
            Optional<DecisionReader.Entry> entry = entry(segment.path(), line);
            if (entry.isEmpty()) {
              continue;
            }
            looked++;
            if (wanted.test(entry.get())) {
              entries.add(entry.get());
            }
            if (entries.size() >= limit || looked >= most) {
              long seq = seq(entry.get());
              return new Page(entries, seq > 1 ? OptionalLong.of(seq) : OptionalLong.empty());
            }
          }
        }
      }
      return new Page(entries, OptionalLong.empty());
    } finally {
      close(segments);
    }
  }

  /** The oldest lines after a number, oldest first, events too. */
  public List<DecisionReader.Entry> after(long after, int limit) throws IOException {
    List<DecisionReader.Entry> entries = new ArrayList<>();
    Deque<Segment> segments = open(after + 1);
    try {
      while (!segments.isEmpty() && entries.size() < limit) {
        try (Segment segment = segments.removeFirst()) {
          long size = segment.channel().size();
          long position = offset(segment.channel(), size, after + 1);
          while (position < size && entries.size() < limit) {
            byte[] line = line(segment.channel(), position, size);
            if (line.length == 0) {
              break;
            }
            entry(segment.path(), line).ifPresent(entries::add);
            position += line.length;
          }
        }
      }
      return entries;
    } finally {
      close(segments);
    }
  }

  /** The line of that number. */
  public Optional<DecisionReader.Entry> find(long seq) throws IOException {
    return after(seq - 1, 1).stream().filter(entry -> seq(entry) == seq).findFirst();
  }

  /** The number of the newest line; 0 if there is none. */
  public long newest() throws IOException {
    List<DecisionReader.Entry> last = before(Long.MAX_VALUE, 1, 1, _ -> true).entries();
    return last.isEmpty() ? 0 : seq(last.getFirst());
  }

  public static long seq(DecisionReader.Entry entry) {
    return entry.json().path("seq").asLong(0);
  }

  /**
   * The files as they were at one moment, oldest first.
   *
   * @param from files that end before this line are left out: closed ones say where they begin
   */
  private Deque<Segment> open(long from) throws IOException {
    Path current = DecisionFiles.current(folder);
    while (true) {
      Deque<Segment> segments = new ArrayDeque<>();
      boolean whole = false;
      try {
        Object key = DecisionFiles.key(current);
        List<Path> closed = DecisionFiles.rotated(folder);
        int first = 0;
        while (first + 1 < closed.size()
            && DecisionFiles.firstLine(closed.get(first + 1)).orElseThrow() <= from) {
          first++;
        }
        for (Path file : closed.subList(first, closed.size())) {
          segments.add(segment(file));
        }
        if (key != null) {
          segments.add(segment(current));
        }
        whole = Objects.equals(key, DecisionFiles.key(current));
        if (whole) {
          return segments;
        }
      } catch (NoSuchFileException _) {
        // It was closed or dropped between two looks: look again.
      } finally {
        if (!whole) {
          close(segments);
        }
      }
    }
  }

  private static Segment segment(Path file) throws IOException {
    return new Segment(file, FileChannel.open(file, StandardOpenOption.READ));
  }

  private static void close(Deque<Segment> segments) throws IOException {
    for (Segment segment : segments) {
      segment.close();
    }
  }

  private static Optional<DecisionReader.Entry> entry(Path file, byte[] line) {
    try {
      return Optional.of(DecisionReader.entry(file, 0, line));
    } catch (MalformedRecordException _) {
      return Optional.empty();
    }
  }

  /** Where the first line starts whose number is not smaller; the size if there is none. */
  private static long offset(FileChannel channel, long size, long wanted) throws IOException {
    long low = 0;
    long high = size;
    while (low < high) {
      long middle = (low + high) >>> 1;
      long start = middle == 0 ? 0 : lineAfter(channel, middle - 1, high);
      long seq = start < high ? seqAt(channel, start) : 0;
      while (seq == 0 && start < high) { // no line of the log: the next one says where this is
        start = lineAfter(channel, start, high);
        seq = start < high ? seqAt(channel, start) : 0;
      }
      if (start >= high || seq >= wanted) {
        high = middle;
      } else {
        low = lineAfter(channel, start, size);
      }
    }
    return low;
  }

  /** Where the first line starts after a position; the end if none does. */
  private static long lineAfter(FileChannel channel, long position, long end) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(4096);
    long at = position;
    while (at < end) {
      block.clear();
      int read = channel.read(block, at);
      for (int i = 0; i < read; i++) {
        if (block.get(i) == '\n') {
          return Math.min(end, at + i + 1);
        }
      }
      if (read <= 0) {
        return end;
      }
      at += read;
    }
    return end;
  }

  private static long seqAt(FileChannel channel, long position) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(START);
    int read = Math.max(0, channel.read(start, position));
    Matcher seq = SEQ.matcher(new String(start.array(), 0, read, StandardCharsets.ISO_8859_1));
    return seq.lookingAt() ? Long.parseLong(seq.group(1)) : 0;
  }

  /** The line there, with its line feed; nothing if it has none yet. */
  private static byte[] line(FileChannel channel, long position, long size) throws IOException {
    long end = lineAfter(channel, position, size);
    if (end - position > LineReader.MOST_BYTES) {
      throw new IOException("expected lines of at most 64 MiB; found a longer one");
    }
    ByteBuffer line = ByteBuffer.allocate((int) (end - position));
    while (line.hasRemaining() && channel.read(line, position + line.position()) > 0) {
      // until it is whole
    }
    boolean complete =
        !line.hasRemaining() && line.position() > 0 && line.get(line.position() - 1) == '\n';
    return complete ? line.array() : new byte[0];
  }

  /** Complete lines, last one first. */
  private static final class Backward {
    private final FileChannel channel;
    private long start;
    private byte[] block = {};

    /** How much of the block is left. */
    private int end;

    private ByteArrayOutputStream tail = new ByteArrayOutputStream();
    private boolean complete;

    Backward(FileChannel channel, long end) {
      this.channel = channel;
      this.start = end;
    }

    /** The next line with its line feed; nothing at the beginning of the file. */
    byte[] next() throws IOException {
      while (true) {
        if (end == 0) {
          if (start == 0) {
            byte[] first = complete ? reversed() : new byte[0];
            complete = false;
            tail = new ByteArrayOutputStream();
            return first;
          }
          load();
        }
        while (end > 0) {
          byte b = block[end - 1];
          if (b == '\n' && complete && tail.size() > 1) {
            byte[] line = reversed();
            tail = new ByteArrayOutputStream();
            return line;
          }
          if (b == '\n') {
            complete = true;
            tail = new ByteArrayOutputStream();
          }
          tail.write(b);
          end--;
        }
        if (tail.size() > LineReader.MOST_BYTES) {
          throw new IOException("expected lines of at most 64 MiB; found a longer one");
        }
      }
    }

    private byte[] reversed() {
      byte[] bytes = tail.toByteArray();
      for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
        byte b = bytes[i];
        bytes[i] = bytes[j];
        bytes[j] = b;
      }
      return bytes;
    }

    private void load() throws IOException {
      int length = (int) Math.min(BLOCK, start);
      ByteBuffer buffer = ByteBuffer.allocate(length);
      while (buffer.hasRemaining()
          && channel.read(buffer, start - length + buffer.position()) > 0) {
        // until the block is full
      }
      start -= length;
      block = buffer.array();
      end = buffer.position();
    }
  }
}
