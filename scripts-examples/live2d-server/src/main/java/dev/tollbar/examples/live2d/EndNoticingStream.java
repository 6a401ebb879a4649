package dev.tollbar.examples.live2d;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/** Tells when the input has ended: the client is gone, and so is the reason to run. */
final class EndNoticingStream extends FilterInputStream {

  private final CountDownLatch end = new CountDownLatch(1);

  EndNoticingStream(InputStream in) {
    super(in);
  }

  void awaitEnd() throws InterruptedException {
    end.await();
  }

  @Override
  public int read() throws IOException {
    return noticing(super.read());
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return noticing(super.read(buffer, offset, length));
  }

  @Override
  public void close() throws IOException {
    end.countDown();
    super.close();
  }

  private int noticing(int read) {
    if (read < 0) {
      end.countDown();
    }
    return read;
  }
}
