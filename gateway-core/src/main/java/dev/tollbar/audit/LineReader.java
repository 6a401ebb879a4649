package dev.tollbar.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of bytes, ended by a line feed. One thread. */
final class LineReader implements AutoCloseable {

  /** Far more than any record: what is longer is none. */
  static final int MOST_BYTES = 64 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int filled;
  private long read;
  private boolean complete;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** The next line without its line feed, or what comes after the last one; null at the end. */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = null;
    complete = false;
    while (true) {
      if (position == filled) {
        filled = Math.max(0, in.read(buffer));
        position = 0;
        if (filled == 0) {
          return line == null ? null : line.toByteArray();
        }
      }
      int end = position;
      while (end < filled && buffer[end] != (byte) '\n') {
        end++;
      }
      complete = end < filled;
      if (line == null) {
        line = new ByteArrayOutputStream(Math.max(64, end - position));
      }
      line.write(buffer, position, end - position);
      read += end - position + (complete ? 1 : 0);
      position = complete ? end + 1 : end;
      if (complete) {
        return line.toByteArray();
      }
      if (line.size() > MOST_BYTES) {
        throw new IOException("expected lines of at most 64 MiB; found a longer one");
      }
    }
  }

  /** Whether the last line that was read ended with a line feed. */
  boolean complete() {
    return complete;
  }

  /** How many bytes the lines that were read have, with their line feeds. */
  long bytesRead() {
    return read;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
