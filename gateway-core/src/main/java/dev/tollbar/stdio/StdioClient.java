package dev.tollbar.stdio;

import dev.tollbar.pipeline.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/** The pipe to the client: whole lines only. Safe for use by many threads. */
final class StdioClient implements Channel {
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();

  StdioClient(OutputStream out) {
    this.out = out;
  }

  /** Writes one message. A line break in it is white space of JSON, and becomes a space. */
  @Override
  public void message(byte[] json) throws IOException {
    byte[] line = new byte[json.length + 1];
    for (int i = 0; i < json.length; i++) {
      line[i] = json[i] == '\n' || json[i] == '\r' ? (byte) ' ' : json[i];
    }
    line[json.length] = '\n';
    writing.lock();
    try {
      out.write(line);
      out.flush();
    } finally {
      writing.unlock();
    }
  }
}
