package dev.tollbar.transport.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Cuts a stream of bytes into lines that end in LF. */
final class LineReader {
  private static final int FIRST_SIZE = 8 * 1024;

  private final InputStream in;
  private final int mostBytes;
  private byte[] buffer = new byte[FIRST_SIZE];
  private int start;
  private int scan;
  private int limit;

  /** Reads lines of up to {@code mostBytes} bytes. */
  LineReader(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /**
   * The next line without its LF; empty at the end. An end inside a line ends the line.
   *
   * @throws LineTooLongException when it has more bytes than allowed
   */
  Optional<byte[]> next() throws IOException, LineTooLongException {
    while (true) {
      while (scan < limit) {
        if (buffer[scan++] == '\n') {
          return Optional.of(take(scan - 1));
        }
      }
      if (scan - start > mostBytes) {
        throw new LineTooLongException();
      }
      if (!fill()) {
        return scan > start ? Optional.of(take(scan)) : Optional.empty();
      }
    }
  }

  private byte[] take(int end) throws LineTooLongException {
    if (end - start > mostBytes) {
      throw new LineTooLongException();
    }
    byte[] line = Arrays.copyOfRange(buffer, start, end);
    start = scan;
    if (start == limit && buffer.length > FIRST_SIZE) {
      // One long line must not hold its memory for the rest of the session.
      buffer = new byte[FIRST_SIZE];
      start = 0;
      scan = 0;
      limit = 0;
    }
    return line;
  }

  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, limit - start);
      limit -= start;
      scan -= start;
      start = 0;
    }
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(mostBytes + 1L, buffer.length * 2L));
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count > 0) {
      limit += count;
    }
    return count > 0;
  }

  /** A line that is longer than allowed. */
  static final class LineTooLongException extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
