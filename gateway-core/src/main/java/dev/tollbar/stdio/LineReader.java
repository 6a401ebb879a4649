package dev.tollbar.stdio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads lines of bounded length. For one thread. */
final class LineReader {
  private final InputStream in;
  private final int longest;

  LineReader(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * The next line without its end; empty at the end of the stream.
   *
   * @throws IOException if the line is too long: where the next message begins is not known then
   */
  Optional<byte[]> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return Optional.of(withoutCarriageReturn(line.toByteArray()));
      }
      if (line.size() >= longest) {
        throw new IOException("a line of more than " + longest + " bytes");
      }
      line.write(b);
    }
    return line.size() == 0
        ? Optional.empty()
        : Optional.of(withoutCarriageReturn(line.toByteArray()));
  }

  private static byte[] withoutCarriageReturn(byte[] line) {
    return line.length > 0 && line[line.length - 1] == '\r'
        ? java.util.Arrays.copyOf(line, line.length - 1)
        : line;
  }
}
