package dev.tollbar.transport.http;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection to the server, plain or TLS, used by one exchange at a time. Any thread may close
 * it; an interrupt of the thread that waits in it closes it too.
 *
 * <p>Waiting is bounded by a deadline that {@link Connections} looks at from time to time: writes
 * and handshakes have no timeout of their own in Java, and a timer for each read costs more than
 * the read.
 */
final class Connection implements Closeable {
  private static final long NO_DEADLINE = Long.MIN_VALUE;
  private static final long PAUSED = Long.MIN_VALUE + 1;
  private static final int ONE_WRITE = 64 * 1024;

  /** Enough for most heads; a stream that is silent for hours holds no more. */
  private static final int FIRST_SIZE = 4 * 1024;

  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;
  private final int largest;
  private byte[] buffer;
  private int position;
  private int limit;
  private boolean reused;
  private volatile long restUntil;
  private final AtomicLong deadline = new AtomicLong(NO_DEADLINE);
  private volatile boolean timedOut;

  /**
   * Takes over an open channel.
   *
   * @param socket the channel's own socket, or a TLS one on top of it
   * @param largest how far the buffer may grow; also the longest line that a head can have
   */
  Connection(SocketChannel channel, Socket socket, int largest) throws IOException {
    this.channel = channel;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.largest = largest;
    this.buffer = new byte[Math.min(FIRST_SIZE, largest)];
  }

  // --- deadlines

  /** From now on, waiting in this connection ends after the time given. */
  void arm(Duration within) {
    deadline.set(after(within));
  }

  void disarm() {
    deadline.set(NO_DEADLINE);
  }

  /** Lets whoever waits here wait on, until {@link #resume}. */
  void pause() {
    long at = deadline.get();
    if (at != NO_DEADLINE) {
      deadline.compareAndSet(at, PAUSED);
    }
  }

  void resume(Duration within) {
    deadline.compareAndSet(PAUSED, after(within));
  }

  private static long after(Duration within) {
    return Math.max(System.nanoTime() + within.toNanos(), PAUSED + 1);
  }

  /** Closes the connection if its deadline has passed. */
  void closeIfLate(long now) {
    long at = deadline.get();
    if (at > PAUSED && now - at >= 0) {
      timedOut = true;
      close();
    }
  }

  boolean timedOut() {
    return timedOut;
  }

  // --- pooling

  boolean reused() {
    return reused;
  }

  /** Begins another exchange on a pooled connection. */
  void reuse() {
    reused = true;
  }

  void rest(Duration atMost) {
    restUntil = System.nanoTime() + atMost.toNanos();
  }

  boolean restedTooLong(long now) {
    return now - restUntil >= 0;
  }

  /**
   * Whether the server has left an idle connection alone. One byte that it sent unasked is as bad
   * as a closed connection: it would be read as part of the next reply.
   */
  boolean quiet() {
    if (position != limit || !channel.isOpen()) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      int read = channel.read(ByteBuffer.wrap(buffer, 0, 1));
      channel.configureBlocking(true);
      return read == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether nothing was read beyond the reply that has just ended. */
  boolean drained() {
    return position == limit;
  }

  // --- bytes out

  /** Sends a whole request; small ones in one write. */
  void send(byte[] head, byte[] body) throws IOException {
    if (head.length + body.length <= ONE_WRITE) {
      byte[] both = Arrays.copyOf(head, head.length + body.length);
      System.arraycopy(body, 0, both, head.length, body.length);
      out.write(both);
    } else {
      out.write(head);
      out.write(body);
    }
    out.flush();
  }

  // --- bytes in

  /** As {@link InputStream#read(byte[], int, int)}; takes what was read ahead first. */
  int read(byte[] target, int offset, int length) throws IOException {
    if (position == limit) {
      if (length >= buffer.length) {
        return in.read(target, offset, length);
      }
      if (!fill()) {
        return -1;
      }
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  /** Takes bytes that were read ahead already, if they are exactly these. */
  boolean takeIfThere(byte[] expected) {
    if (limit - position < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (buffer[position + i] != expected[i]) {
        return false;
      }
    }
    position += expected.length;
    return true;
  }

  byte readByte() throws IOException {
    if (position == limit && !fill()) {
      throw new EOFException("the connection ended inside a reply");
    }
    return buffer[position++];
  }

  /**
   * Reads one line that ends in CRLF. It stays valid until the next read.
   *
   * @param most how long it may be, with CRLF
   */
  Line readLine(int most) throws IOException {
    int scan = position;
    while (true) {
      while (scan < limit) {
        if (buffer[scan] == '\n') {
          if (scan == position || buffer[scan - 1] != '\r') {
            throw new MalformedReplyException("a line that ends in LF alone");
          }
          Line line = new Line(buffer, position, scan - 1);
          position = scan + 1;
          if (line.length() + 2 > most) {
            throw new MalformedReplyException("a head or chunk line that is too long");
          }
          return line;
        }
        scan++;
      }
      if (scan - position >= most || scan - position >= largest) {
        throw new MalformedReplyException("a head or chunk line that is too long");
      }
      int done = scan - position;
      if (!fill()) {
        throw new EOFException(
            done == 0 ? "the connection ended" : "the connection ended inside a reply");
      }
      scan = position + done;
    }
  }

  /** Reads more, after what is there. */
  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but the time it takes
  private boolean fill() throws IOException {
    if (position == limit) {
      position = 0;
      limit = 0;
    } else if (limit == buffer.length && position == 0) {
      buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, largest));
    } else if (limit == buffer.length) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    }
    // An answer is seldom there at once. Whoever else can run goes first, so that it often is then,
    // and no thread has to be put to sleep and woken.
    Thread.yield();
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count > 0) {
      limit += count;
    }
    return count > 0;
  }

  @Override
  public void close() {
    try {
      // The channel itself: closing a TLS socket may wait for a writer.
      channel.close();
    } catch (IOException e) {
      // There is nobody left to tell.
    }
  }

  /** A line in the connection's buffer. */
  record Line(byte[] buffer, int start, int end) {
    int length() {
      return end - start;
    }

    byte at(int index) {
      return buffer[start + index];
    }

    /**
     * Whether it begins with a name of so many characters.
     *
     * @param name in lower case; in the line it may be in any
     */
    boolean begins(String name, int length) {
      if (name.length() != length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (Ascii.toLowerCase(at(i)) != name.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    String text(int from, int to) {
      return new String(buffer, start + from, to - from, StandardCharsets.ISO_8859_1);
    }
  }
}
