package dev.tollbar.transport.stdio;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes whole lines to a process, one after the other. A platform thread of its own does it: a
 * process that does not read blocks its writer, and a virtual thread that blocks in a file takes a
 * carrier away from everybody else. Nobody can interrupt it inside of a line.
 */
final class StdinWriter {
  /** What POSIX writes to a pipe as a whole or not at all (limits.h, _POSIX_PIPE_BUF). */
  private static final int WHOLE = 512;

  private final OutputStream stdin;
  private final Runnable onBroken;
  private final LinkedBlockingQueue<Line> queue = new LinkedBlockingQueue<>();

  /**
   * Begins to write.
   *
   * @param onBroken is told once, in the writing thread, that the process takes nothing any more
   */
  StdinWriter(String server, OutputStream stdin, Runnable onBroken) {
    this.stdin = stdin;
    this.onBroken = onBroken;
    Thread.ofPlatform().daemon().name("stdin of " + server).start(this::write);
  }

  /** Where a line is. */
  enum Stage {
    QUEUED,
    WITHDRAWN,
    WRITING,
    WRITTEN,
    /** Nothing of it was written. */
    REFUSED,
    /** Some of it may have been written. */
    FAILED
  }

  /** A line on its way. */
  static final class Line {
    private final byte[] bytes;
    private final boolean end;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
    private final CountDownLatch settled = new CountDownLatch(1);

    private Line(byte[] bytes, boolean end) {
      this.bytes = bytes;
      this.end = end;
    }

    /** Takes it back; false if some of it may have been written. */
    boolean withdraw() {
      return stage.compareAndSet(Stage.QUEUED, Stage.WITHDRAWN)
          || stage.get() == Stage.WITHDRAWN
          || stage.get() == Stage.REFUSED;
    }

    Stage stage() {
      return stage.get();
    }

    CountDownLatch settled() {
      return settled;
    }
  }

  /** Queues one message as one line. */
  Line write(byte[] message) {
    Line line = new Line(asLine(message), false);
    queue.add(line);
    return line;
  }

  /** Closes stdin after what is queued. */
  void finish() {
    queue.add(new Line(new byte[0], true));
  }

  /** Line breaks are legal between the tokens of JSON, but never inside of a token. */
  private static byte[] asLine(byte[] message) {
    byte[] line = new byte[message.length + 1];
    for (int i = 0; i < message.length; i++) {
      byte c = message[i];
      line[i] = c == '\n' || c == '\r' ? (byte) ' ' : c;
    }
    line[message.length] = '\n';
    return line;
  }

  private void write() {
    boolean broken = false;
    while (true) {
      Line line;
      try {
        line = queue.take();
      } catch (InterruptedException e) {
        continue; // Nobody does that; the end is a line of its own.
      }
      if (line.end) {
        close();
        return;
      }
      if (line.stage.compareAndSet(Stage.QUEUED, Stage.WRITING)) {
        boolean written = !broken && tryToWrite(line.bytes);
        boolean nothing = broken || line.bytes.length <= WHOLE;
        line.stage.set(written ? Stage.WRITTEN : nothing ? Stage.REFUSED : Stage.FAILED);
        if (!written && !broken) {
          broken = true;
          onBroken.run();
        }
      }
      line.settled.countDown();
    }
  }

  private boolean tryToWrite(byte[] bytes) {
    try {
      stdin.write(bytes);
      stdin.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void close() {
    try {
      stdin.close();
    } catch (IOException e) {
      // The process has gone first.
    }
  }
}
