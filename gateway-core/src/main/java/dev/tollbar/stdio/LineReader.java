package dev.tollbar.stdio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Reads lines of bounded length. For one thread. */
final class LineReader {
  private static final byte[] NOTHING = {};

  private final InputStream in;
  private final int longest;

  /**
   * A line without its end.
   *
   * @param tooLong whether there was more of it than is read; it is skipped then
   */
  record Line(byte[] bytes, boolean tooLong) {
    boolean isEmpty() {
      return bytes.length == 0 && !tooLong;
    }
  }

  LineReader(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** The next line; empty at the end of the stream. */
  Optional<Line> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    boolean tooLong = false;
    int b = in.read();
    if (b < 0) {
      return Optional.empty();
    }
    for (; b >= 0 && b != '\n'; b = in.read()) {
      if (line.size() < longest) {
        line.write(b);
      } else {
        tooLong = true;
      }
    }
    return Optional.of(
        tooLong ? new Line(NOTHING, true) : new Line(withoutReturn(line.toByteArray()), false));
  }

  private static byte[] withoutReturn(byte[] line) {
    return line.length > 0 && line[line.length - 1] == '\r'
        ? Arrays.copyOf(line, line.length - 1)
        : line;
  }
}
