package dev.tollbar.transport.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The body of a reply: of known length, in chunks, or up to the end of the connection. Gives the
 * connection back as soon as the last byte is read. Source: RFC 9112, sections 6 and 7.
 */
final class ReplyBody extends InputStream {
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_CHUNK_LINE = 1_024;
  private static final int MOST_TRAILERS = 8 * 1_024;

  private enum Framing {
    LENGTH,
    CHUNKS,
    END_OF_CONNECTION
  }

  private final Exchange exchange;
  private final Framing framing;
  private final Optional<Duration> idle;
  private final long most;
  private long total;
  private long remaining;
  private boolean firstChunk = true;
  private boolean ended;

  /**
   * The body of an exchange whose head was read.
   *
   * @param idle how long the server may pause; if empty, up to a deadline that the exchange has or
   *     else for ever
   * @param most how many bytes the body may have
   */
  ReplyBody(Exchange exchange, Optional<Duration> idle, long most) throws IOException {
    ReplyHead head = exchange.head();
    this.exchange = exchange;
    this.idle = idle;
    this.most = most;
    this.remaining = head.length().orElse(0);
    if (head.chunked()) {
      framing = Framing.CHUNKS;
    } else {
      framing = head.length().isPresent() ? Framing.LENGTH : Framing.END_OF_CONNECTION;
    }
    if (remaining > most) {
      throw new MalformedReplyException("a reply of more than " + most + " bytes");
    }
    if (framing == Framing.LENGTH && remaining == 0) {
      end();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (ended) {
      return -1;
    }
    if (length == 0) {
      return 0;
    }
    idle.ifPresent(exchange::bound);
    try {
      return switch (framing) {
        case LENGTH -> readCounted(target, offset, length, true);
        case CHUNKS -> readChunked(target, offset, length);
        case END_OF_CONNECTION -> readOpen(target, offset, length);
      };
    } catch (IOException e) {
      ended = true;
      exchange.drop();
      throw e;
    } finally {
      if (!ended && idle.isPresent()) {
        exchange.unbound();
      }
    }
  }

  private int readCounted(byte[] target, int offset, int length, boolean all) throws IOException {
    int count = exchange.read(target, offset, (int) Math.min(length, remaining));
    if (count < 0) {
      throw new EOFException("the connection ended inside a reply");
    }
    remaining -= count;
    countTotal(count);
    if (all && remaining == 0) {
      end();
    }
    return count;
  }

  private int readChunked(byte[] target, int offset, int length) throws IOException {
    if (remaining == 0) {
      remaining = nextChunk();
      if (remaining == 0) {
        skipTrailers();
        end();
        return -1;
      }
    }
    int count = readCounted(target, offset, length, false);
    // So that a reader who knows where the message ends need not read on to free the connection.
    if (remaining == 0 && exchange.connection().takeIfThere(LAST_CHUNK)) {
      end();
    }
    return count;
  }

  private int readOpen(byte[] target, int offset, int length) throws IOException {
    int count = exchange.read(target, offset, length);
    if (count < 0) {
      end();
    } else {
      countTotal(count);
    }
    return count;
  }

  private void countTotal(int count) throws IOException {
    total += count;
    if (total > most) {
      throw new MalformedReplyException("a reply of more than " + most + " bytes");
    }
  }

  private long nextChunk() throws IOException {
    Connection connection = exchange.connection();
    if (!firstChunk && (connection.readByte() != '\r' || connection.readByte() != '\n')) {
      throw new MalformedReplyException("a chunk that is longer than it says");
    }
    firstChunk = false;
    Connection.Line line = connection.readLine(MOST_CHUNK_LINE);
    long size = 0;
    int digits = 0;
    while (digits < line.length() && Ascii.hex(line.at(digits)) >= 0) {
      size = (size << 4) | Ascii.hex(line.at(digits));
      digits++;
    }
    boolean extended = digits < line.length();
    if (digits == 0 || digits > 15 || (extended && !isExtension(line, digits))) {
      throw new MalformedReplyException("a chunk size that is no number");
    }
    return size;
  }

  private static boolean isExtension(Connection.Line line, int from) {
    int i = from;
    while (i < line.length() && (line.at(i) == ' ' || line.at(i) == '\t')) {
      i++;
    }
    for (int j = i; j < line.length(); j++) {
      if (line.at(j) >= 0 && line.at(j) < 0x20 && line.at(j) != '\t') {
        return false;
      }
    }
    return i < line.length() && line.at(i) == ';';
  }

  private void skipTrailers() throws IOException {
    int left = MOST_TRAILERS;
    for (Connection.Line line = exchange.connection().readLine(left);
        line.length() > 0;
        line = exchange.connection().readLine(left)) {
      left -= line.length() + 2;
    }
  }

  private void end() {
    ended = true;
    exchange.unbound();
    exchange.finish();
  }

  @Override
  public void close() {
    if (!ended) {
      exchange.close();
    }
  }
}
