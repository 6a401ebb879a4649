package dev.tollbar.plugins;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.OptionalLong;

/** One message that comes from code of a plugin that did not come with the gateway. */
final class StrangersReply implements UpstreamReply.Single {
  private final Single reply;
  private final StrangersTransport transport;
  private final InputStream body;

  StrangersReply(Single reply, StrangersTransport transport) {
    this.reply = reply;
    this.transport = transport;
    this.body = new Body();
  }

  @Override
  public int status() {
    return transport.ask(502, reply::status);
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public OptionalLong length() {
    return transport.ask(OptionalLong.empty(), reply::length);
  }

  @Override
  public void close() {
    transport.ask(
        true,
        () -> {
          reply.close();
          return true;
        });
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
      int read;
      try {
        read = transport.call(true, () -> reply.body().read(own, 0, length), _ -> {});
      } catch (UpstreamException e) {
        throw new IOException(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
      if (read > length) {
        throw new IOException("the transport gave more than it was asked for");
      }
      if (read > 0) {
        System.arraycopy(own, 0, bytes, start, read);
      }
      return read;
    }
  }
}
