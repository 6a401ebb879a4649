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
  private final OutputStream stdin;
  private final LinkedBlockingQueue<Line> queue = new LinkedBlockingQueue<>();

  StdinWriter(String server, OutputStream stdin) {
    this.stdin = stdin;
    Thread.ofPlatform().daemon().name("stdin of " + server).start(this::write);
  }

  /** Where a line is. */
  enum Stage {
    QUEUED,
    WITHDRAWN,
    WRITING,
    WRITTEN,
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
      return stage.compareAndSet(Stage.QUEUED, Stage.WITHDRAWN) || stage.get() == Stage.WITHDRAWN;
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
        broken = broken || !tryToWrite(line.bytes);
        line.stage.set(broken ? Stage.FAILED : Stage.WRITTEN);
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
