package dev.tollbar.plugins;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.OptionalLong;

/** One message that comes from code of a plugin that did not come with the gateway. */
final class StrangersReply implements UpstreamReply.Single {
  private final Single reply;
  private final int status;
  private final OptionalLong length;
  private final InputStream read;
  private final StrangersTransport transport;
  private final InputStream body = new Body();

  private StrangersReply(
      Single reply,
      int status,
      OptionalLong length,
      InputStream read,
      StrangersTransport transport) {
    this.reply = reply;
    this.status = status;
    this.length = length;
    this.read = read;
    this.transport = transport;
  }

  /** A reply that was just received, on the thread that it was received on. */
  static StrangersReply of(Single reply, StrangersTransport transport) {
    return new StrangersReply(
        reply,
        reply.status(),
        Objects.requireNonNull(reply.length()),
        Objects.requireNonNull(reply.body()),
        transport);
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public OptionalLong length() {
    return length;
  }

  @Override
  public void close() {
    transport.end(reply::close);
  }

  /** Each piece is read on a thread that may be left behind. */
  private final class Body extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int start, int length) throws IOException {
      // Of its own: code that comes too late must not write where others have gone on.
      byte[] own = new byte[length];
      int count;
      try {
        count = transport.call(true, () -> read.read(own, 0, length), _ -> {});
      } catch (UpstreamException e) {
        throw new IOException(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
      if (count > length) {
        throw new IOException("the transport gave more than it was asked for");
      }
      if (count == 0 && length > 0) { // whoever reads to the end would go on for ever
        throw new IOException("the transport gave nothing, and no end");
      }
      if (count > 0) {
        System.arraycopy(own, 0, bytes, start, count);
      }
      return count;
    }
  }
}
